#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# The extended statistics: their names are stable and unique, they agree with the basic ones, and
# a reset brings them all to zero.

. "$(dirname "$0")/lib.sh"

APP=(--rxq=2 --txq=2)
pmd_start_one ''
pmd 'start tx_first 2'
sleep 0.2
pmd stop 'show port xstats 0'
REPLY=$(sed -n 's/^\([a-z0-9_]*\): [0-9]*$/\1/p' <<<"$REPLY")
[ -z "$(sort <<<"$REPLY" | uniq -d)" ] || fail "a name twice: $(sort <<<"$REPLY" | uniq -d)"
for name in {rx,tx}_good_{packets,bytes} rx_missed_errors {rx,tx}_errors \
	rx_q{0,1}_{packets,bytes,missed} tx_q{0,1}_{packets,bytes,drops,refused} \
	tx_drop_{oversize,link_down,no_rx_queue,unsupported_offload,malformed,no_mbuf,not_linear} \
	rx_mac_filtered tx_ring_full tx_gso_packets tx_gso_segments rx_interrupts; do
	expect "^$name\$" "$name"
done

xstats 0
check 'packets were received by both queues' 'X[rx_q0_packets] > 1000 && X[rx_q1_packets] > 1000'
for dir in rx tx; do
	for what in packets bytes; do
		check "$dir $what of the queues are those of the port" \
			"X[${dir}_good_$what] == X[${dir}_q0_$what] + X[${dir}_q1_$what]"
	done
done
pmd 'show port stats 0'
expect "RX-packets: ${X[rx_good_packets]} +RX-missed: 0 +RX-bytes: +${X[rx_good_bytes]}" 'rx agrees'
expect "TX-packets: ${X[tx_good_packets]} +TX-errors: 0 +TX-bytes: +${X[tx_good_bytes]}" 'tx agrees'

pmd 'clear port xstats 0'
xstats 0
for name in "${!X[@]}"; do
	((X[$name] == 0)) || fail "$name is ${X[$name]} after a reset"
done
echo 'ok: a reset brings all of them to zero'
pmd 'start'
sleep 0.2
pmd stop
used 0 0
one=$USED
used 0 1
check 'the ring still holds what it held' 'one == 64 && USED == 64'
xstats 0
# As many went in as came out since the reset, though the rings were not empty at the time.
check 'they count from there' 'X[rx_good_packets] > 1000 && X[rx_good_packets] == X[tx_good_packets]'
pmd_quit
