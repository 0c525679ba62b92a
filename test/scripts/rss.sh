#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# steer=flow: the flows of four senders spread over four receive queues by the redirection table
# and the hash key; changing the table moves them.

. "$(dirname "$0")/lib.sh"

# The flowgen packets that came to each queue while one second's part went by.
spread()
{
	pmd 'clear port xstats 0' start
	sleep 0.3
	pmd stop
	xstats 0
	GOT="${X[rx_q0_packets]} ${X[rx_q1_packets]} ${X[rx_q2_packets]} ${X[rx_q3_packets]}"
	echo "packets per queue: $GOT"
}

# Eight words of 64 ones, in the room testpmd has for them.
masks=-1,-1,-1,-1,-1,-1,-1,-1
reta_lines()
{
	pmd "show port 0 rss reta 512 ($masks)"
	N=$(grep -cE "RSS RETA configuration: hash index=[0-9]+, queue=$1\$" <<<"$REPLY")
}

APP=(--rxq=4 --txq=4 --rss-udp --flowgen-flows=256)
pmd_start_one steer=flow
pmd 'show port 0 rss-hash key'
expect 'ipv4-udp' 'the hash covers UDP over IPv4'
for q in 0 1 2 3; do
	reta_lines $q
	check "a quarter of the table is queue $q" 'N == 128'
done
pmd 'set fwd flowgen'
spread
check 'flows land on all queues' 'X[rx_q0_packets] > 100 && X[rx_q1_packets] > 100 &&
	X[rx_q2_packets] > 100 && X[rx_q3_packets] > 100'
check 'the port counts what its queues count' 'X[rx_good_packets] == X[rx_q0_packets] +
	X[rx_q1_packets] + X[rx_q2_packets] + X[rx_q3_packets]'

# A command has room for a dozen entries.
for ((i = 0; i < 512; i += 8)); do
	list=''
	for ((k = i; k < i + 8; k++)); do
		list+="${list:+,}($k,2)"
	done
	pmd "port config 0 rss reta $list"
done
reta_lines 2
check 'the whole table is queue 2' 'N == 512'
# What waited in the other rings is received in the first round and does not count.
spread
spread
check 'every flow goes to queue 2' 'X[rx_q2_packets] > 100 &&
	X[rx_q0_packets] + X[rx_q1_packets] + X[rx_q3_packets] == 0'

key=$(printf 'a5%.0s' {1..40})
pmd "port config 0 rss-hash-key ipv4-udp $key" 'show port 0 rss-hash key'
expect "${key^^}" 'the hash key can be changed'
pmd_quit
