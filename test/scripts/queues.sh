#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# One queue stops, the other goes on. What is sent to a stopped receive queue is dropped by name;
# a stopped transmit queue sends nothing; started again, both work.

. "$(dirname "$0")/lib.sh"

# Send into both rings for a while, then empty them.
fill_and_empty()
{
	pmd 'clear port xstats 0' 'set fwd txonly' start
	sleep 0.2
	pmd stop 'set fwd rxonly' start
	sleep 0.2
	pmd stop
	xstats 0
}

APP=(--rxq=2 --txq=2 --rxd=128 --txd=128)
pmd_start_one ''
fill_and_empty
check 'both queues carry packets' 'X[rx_q0_packets] == 128 && X[rx_q1_packets] == 128'

pmd 'port 0 rxq 1 stop' 'show rxq info 0 1'
expect '^Rx queue state: stopped' 'receive queue 1 is stopped'
fill_and_empty
check 'queue 0 goes on, queue 1 receives nothing' 'X[rx_q0_packets] == 128 && X[rx_q1_packets] == 0'
check 'what was sent to queue 1 is counted' \
	'X[tx_drop_no_rx_queue] > 0 && X[tx_errors] == X[tx_drop_no_rx_queue]'

pmd 'port 0 rxq 1 start' 'show rxq info 0 1'
expect '^Rx queue state: started' 'receive queue 1 is started'
fill_and_empty
check 'both queues carry packets again' 'X[rx_q0_packets] == 128 && X[rx_q1_packets] == 128 &&
	X[tx_errors] == 0'

pmd 'port 0 txq 0 stop' 'show txq info 0 0'
expect '^Tx queue state: stopped' 'transmit queue 0 is stopped'
fill_and_empty
check 'only queue 1 sends' 'X[tx_q0_packets] == 0 && X[tx_q1_packets] == 128 &&
	X[rx_q0_packets] == 0 && X[rx_q1_packets] == 128'
pmd 'port 0 txq 0 start' 'show txq info 0 0'
expect '^Tx queue state: started' 'transmit queue 0 is started'
fill_and_empty
check 'both queues send again' 'X[rx_q0_packets] == 128 && X[rx_q1_packets] == 128'

# Deferred: the queue waits for its own start when the port starts.
pmd 'port stop 0' 'port 0 rxq 1 deferred_start on' 'port start 0' 'show rxq info 0 1'
expect '^Rx queue state: stopped' 'a deferred queue stays stopped when the port starts'
pmd 'port 0 rxq 1 start'
fill_and_empty
check 'and works when it is started' 'X[rx_q0_packets] == 128 && X[rx_q1_packets] == 128'
pmd_quit
