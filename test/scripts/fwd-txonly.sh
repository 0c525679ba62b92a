#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Nobody receives: a ring of N descriptors takes N packets and hands the rest back. Then a
# receiver gets all N. With overflow=drop the sender is never stopped and the loss is counted.

. "$(dirname "$0")/lib.sh"

APP=(--rxd=300 --txd=300)
pmd_start_one ''
pmd 'set fwd txonly' start
sleep 0.3
pmd stop
used 0 0
xstats 0
check 'all 300 descriptors are used' 'USED == 300 && X[tx_good_packets] == 300'
check 'nothing was dropped' 'X[tx_errors] + X[rx_missed_errors] + X[rx_good_packets] == 0'
check 'packets handed back are counted' 'X[tx_ring_full] > 0'
pmd 'set fwd rxonly' start
sleep 0.3
pmd stop
used 0 0
xstats 0
check 'the receiver gets all 300' 'USED == 0 && X[rx_good_packets] == 300 && X[rx_good_bytes] == 19200'
pmd_quit

pmd_start_one overflow=drop
pmd 'set fwd txonly' start
sleep 0.3
pmd stop
refuse 'TX-dropped: [^0]' 'packet handed back'
used 0 0
xstats 0
check 'overflow=drop accepts more than the ring takes' \
	'X[tx_good_packets] == 300 && X[rx_missed_errors] > 1000'
check 'the receive queue names its loss' 'X[rx_q0_missed] == X[rx_missed_errors] && USED == 300'
pmd_quit
