#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# steer=queue: transmit queue i feeds receive queue i, for 4 and for 64 queues; with fewer receive
# queues it is i modulo their number.

. "$(dirname "$0")/lib.sh"

for n in 4 64; do
	APP=(--rxq="$n" --txq="$n" --rxd=64 --txd=64)
	pmd_start_one ''
	pmd 'start tx_first 1'
	sleep 0.3
	pmd stop
	xstats 0
	for ((q = 0; q < n; q++)); do
		rx=${X[rx_q${q}_packets]}
		tx=${X[tx_q${q}_packets]}
		((rx > 100 && tx == rx + 32)) || fail "queue $q: $tx sent, $rx received"
	done
	echo "ok: each of $n queues received what it sent, but the 32 in its ring"
	check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'
	pmd_quit
done

APP=(--rxq=2 --txq=6)
pmd_start_one ''
pmd 'show config fwd' 'set fwd txonly' start
sleep 0.3
pmd stop
xstats 0
check 'txonly uses as many queues as receive' 'X[tx_q0_packets] > 0 && X[tx_q1_packets] > 0'
pmd_quit
