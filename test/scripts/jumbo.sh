#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Frames of 9000 bytes MTU in one mbuf; one byte more is dropped by name and never delivered.

. "$(dirname "$0")/lib.sh"

# For a device of the largest MTU there is, testpmd takes 18 bytes of header for granted.
APP=(--max-pkt-len=9018 --mbuf-size=9600 --total-num-mbufs=2048 --rxd=256 --txd=256)
pmd_start_one ''
pmd 'show port info 0'
expect '^MTU: 9000$' 'the MTU is 9000'
pmd 'set fwd txonly' 'set txpkts 9014' start
sleep 0.2
pmd stop 'set fwd rxonly' start
sleep 0.2
pmd stop
xstats 0
check '256 jumbo frames came round' 'X[rx_good_packets] == 256 && X[tx_good_packets] == 256'
check 'with all their bytes' 'X[rx_good_bytes] == 256 * 9014 && X[tx_good_bytes] == 256 * 9014'

pmd 'clear port xstats 0' 'set fwd txonly' 'set txpkts 9015' start
sleep 0.2
pmd stop 'set fwd rxonly' start
sleep 0.2
pmd stop
xstats 0
check 'a byte over the limit: none sent, none received' \
	'X[tx_good_packets] + X[rx_good_packets] == 0'
check 'each is counted as an error, with its reason' \
	'X[tx_errors] > 0 && X[tx_errors] == X[tx_drop_oversize]'
pmd_quit
