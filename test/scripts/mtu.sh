#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# The MTU changes while packets go round: frames over it are dropped and counted from then on,
# those under it go on. Values out of range change nothing.

. "$(dirname "$0")/lib.sh"

APP=(--mbuf-size=9600 --total-num-mbufs=2048)
pmd_start_one ''
pmd 'show port info 0'
expect '^MTU: 1500$' 'the MTU is 1500 at first'
# flowgen leaves four bytes for a checksum that a virtual device does not add.
pmd 'set fwd flowgen' 'set txpkts 1518' start
sleep 0.2
xstats 0
check 'frames of 1514 bytes go round' 'X[rx_good_packets] > 1000 && X[tx_drop_oversize] == 0'

pmd 'port config mtu 0 1499'
sleep 0.2
xstats 0
over=${X[tx_drop_oversize]}
check 'an MTU of 1499 drops them' 'over > 0'
sleep 0.2
before=${X[rx_good_packets]}
xstats 0
check 'all of them' 'X[rx_good_packets] == before && X[tx_drop_oversize] > over'

pmd 'port config mtu 0 9000'
sleep 0.2
xstats 0
over=${X[tx_drop_oversize]}
sleep 0.2
xstats 0
check 'an MTU of 9000 lets them pass again' \
	'X[rx_good_packets] > before && X[tx_drop_oversize] == over'
pmd 'port config mtu 0 67'
expect 'MTU' '67 is refused'
pmd 'show port info 0'
expect '^MTU: 9000$' 'the MTU is still 9000'
pmd stop
used 0 0
xstats 0
check 'what was sent was received, or waits' 'X[tx_good_packets] == X[rx_good_packets] + USED'
pmd_quit
