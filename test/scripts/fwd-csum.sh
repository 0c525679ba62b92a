#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Checksums cost nothing on the way: with the receive offloads the packet says "verified, not in
# the data"; without them the sums are filled in and csum finds none of them wrong.

. "$(dirname "$0")/lib.sh"

hw='csum set ip hw 0'
hwu='csum set udp hw 0'
for rx in on off; do
	pmd_start_one ''
	pmd 'port stop 0' "$hw" "$hwu"
	for cksum in ipv4_cksum udp_cksum; do
		pmd "port config 0 rx_offload $cksum $rx"
	done
	pmd 'port start 0' 'csum show 0'
	expect 'IP checksum offload is hw' 'IP checksums are requested'
	expect 'UDP checksum offload is hw' 'UDP checksums are requested'
	pmd 'set fwd csum' 'start tx_first 1'
	sleep 0.3
	pmd stop
	expect 'Bad-ipcsum: 0 +Bad-l4csum: 0 ' "no bad checksum, receive offload $rx"
	used 0 0
	xstats 0
	check 'packets went round' 'X[rx_good_packets] > 10000'
	check 'what was sent was received, or waits' \
		'X[tx_good_packets] == X[rx_good_packets] + USED && USED == 32'
	check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'

	# The 32 left in the ring carry csum's requests: look at them one by one.
	pmd 'set fwd rxonly' 'set verbose 1' start
	sleep 0.3
	pmd stop
	REPLY=$(grep 'ol_flags:' "$LOG" | tail -n 32)
	if [ "$rx" = on ]; then
		expect 'RX_IP_CKSUM_GOOD'
		refuse 'RX_IP_CKSUM_(UNKNOWN|BAD|NONE)'
		expect 'RX_L4_CKSUM_(NONE|GOOD)'
		refuse 'RX_L4_CKSUM_(UNKNOWN|BAD)'
	else
		expect 'RX_IP_CKSUM_UNKNOWN'
		refuse 'RX_IP_CKSUM_(GOOD|BAD|NONE)'
	fi
	refuse 'MBUF_F_TX' 'transmit flag comes out on receive'
	pmd_quit
done
