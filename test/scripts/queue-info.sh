#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# What a queue says about itself: its size, its state, how it bursts. A transmit queue has nothing
# to clean up, for it owns nothing.

. "$(dirname "$0")/lib.sh"

APP=(--rxq=2 --txq=2 --rxd=777 --txd=555)
pmd_start_one ''
for q in 0 1; do
	pmd "show rxq info 0 $q"
	expect '^Number of RXDs: 777$'
	expect '^Rx queue state: started$'
	expect '^RX deferred start: off$'
	expect '^RX scattered packets: off$'
	expect '^Mempool: .*mb_pool'
	expect '^Burst mode: [A-Z]' 'the receive burst mode has a name'
	pmd "show txq info 0 $q"
	expect '^Number of TXDs: 555$'
	expect '^Tx queue state: started$'
	expect '^TX deferred start: off$'
	expect '^Burst mode: [A-Z]' 'the transmit burst mode has a name'
	pmd "port cleanup 0 txq $q 0"
	expect "Cleanup port 0 Tx queue $q mbuf nums: 0" "transmit queue $q has nothing to clean up"
done
pmd 'show rxq info 0 2'
expect 'Invalid|Failed' 'queue 2 does not exist'
pmd_quit
