#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# fwd-loop.sh MODE: 128 packets go round in a forwarding mode that sends what it receives.
# None is lost or made up: those sent and not yet received lie in the ring.

. "$(dirname "$0")/lib.sh"

mode=$1
pmd_start_one ''
pmd "set fwd $mode" 'clear port xstats 0' 'start tx_first 4'
sleep 0.5
pmd stop
refuse 'dropped: [^0]' 'packet dropped'
refuse 'Bad-.*csum: [^0]' 'checksum found bad'
used 0 0
xstats 0
check "packets went round in mode $mode" 'X[rx_good_packets] > 10000'
check 'what was sent was received, or waits' \
	'X[tx_good_packets] == X[rx_good_packets] + USED && USED == 128'
check 'bytes agree with packets of 64 bytes' 'X[rx_good_bytes] == 64 * X[rx_good_packets] &&
	X[tx_good_bytes] == 64 * X[tx_good_packets]'
check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'
check 'the queues count what the port counts' 'X[rx_q0_packets] == X[rx_good_packets] &&
	X[tx_q0_packets] == X[tx_good_packets]'
pmd_quit
