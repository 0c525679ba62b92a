#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# A packet of three segments crosses as it is when the receiver scatters, and as one segment when
# it does not. One that fits no mbuf is dropped by name.

. "$(dirname "$0")/lib.sh"

multi_segs=0x8000

# A ring full of packets, received and printed one by one.
round()
{
	pmd 'clear port xstats 0' 'set fwd txonly' "set txpkts $1" start
	sleep 0.2
	pmd stop 'set fwd rxonly'
	pmd_start_printing
	xstats 0
	REPLY=$(grep -oE 'length=[0-9]+ - nb_segs=[0-9]+' "$LOG" | sort -u)
}

APP=(--max-pkt-len=9014 --mbuf-size=2176 --enable-scatter --tx-offloads="$multi_segs")
APP+=(--rxd=64 --txd=64)
pmd_start_one ''
pmd 'show rxq info 0 0'
expect '^RX scattered packets: on' 'receive scatters'
round 2000,2000,1500
check '64 packets came round' 'X[rx_good_packets] == 64 && X[rx_good_bytes] == 64 * 5500'
expect '^length=5500 - nb_segs=3$' 'they have three segments'
refuse '^length=(5500 - nb_segs=[^3]|[^5])' 'other shape'
pmd_quit

APP=(--max-pkt-len=9014 --mbuf-size=9600 --total-num-mbufs=2048 --tx-offloads="$multi_segs")
APP+=(--rxd=64 --txd=64)
pmd_start_one ''
pmd 'show rxq info 0 0'
expect '^RX scattered packets: off' 'receive does not scatter'
round 2000,2000,1500
check '64 packets came round' 'X[rx_good_packets] == 64 && X[rx_good_bytes] == 64 * 5500'
expect '^length=5500 - nb_segs=1$' 'they have one segment'
refuse '^length=(5500 - nb_segs=[^1]|[^5])' 'other shape'
pmd_quit
