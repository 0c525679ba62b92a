#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# steer=flow keeps a flow together: one flow of four senders comes out of one queue, and each
# packet brings its hash, the same for all.

. "$(dirname "$0")/lib.sh"

rss_hash=0x80000
APP=(--rxq=4 --txq=4 --rss-udp --rx-offloads="$rss_hash" --flowgen-flows=1 --rxd=512)
pmd_start_one steer=flow
pmd 'set fwd flowgen' start
sleep 0.3
pmd stop
xstats 0
busy=0
for q in 0 1 2 3; do
	[ "${X[rx_q${q}_packets]}" -eq 0 ] || busy=$((busy + 1))
done
check 'one flow is on one queue' 'busy == 1 && X[rx_good_packets] > 10000'
check 'four queues sent it' 'X[tx_q0_packets] > 0 && X[tx_q1_packets] > 0 &&
	X[tx_q2_packets] > 0 && X[tx_q3_packets] > 0'

pmd 'set fwd rxonly'
pmd_start_printing
hashes=$(grep -oE 'RSS hash=0x[0-9a-f]+' "$LOG" | sort -u)
N=$(grep -c . <<<"$hashes")
REPLY=$hashes
refuse 'hash=0x0$' 'hash of 0'
check "all packets have the same hash, $hashes" 'N == 1'
pmd_quit
