#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# steer=lcore: the ring is chosen by the lcore that transmits, whatever its queue. testpmd's one
# forwarding lcore sends on four queues, and everything comes out of one.

. "$(dirname "$0")/lib.sh"

APP=(--rxq=4 --txq=4 --rxd=128 --txd=128)
pmd_start_one steer=lcore
pmd 'show port 0 tx_offload capabilities'
expect 'MT_LOCKFREE' 'a queue can be used by several lcores'
pmd 'set fwd flowgen' start
sleep 0.3
pmd stop
xstats 0
busy=0
waiting=0
for q in 0 1 2 3; do
	[ "${X[rx_q${q}_packets]}" -eq 0 ] || busy=$((busy + 1))
	used 0 "$q"
	waiting=$((waiting + USED))
done
check 'one queue receives' 'busy == 1 && X[rx_good_packets] > 10000'
check 'all of them send' 'X[tx_q0_packets] > 0 && X[tx_q1_packets] > 0 &&
	X[tx_q2_packets] > 0 && X[tx_q3_packets] > 0'
check 'what was sent was received, or waits' 'X[tx_good_packets] == X[rx_good_packets] + waiting'
check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'
pmd_quit
