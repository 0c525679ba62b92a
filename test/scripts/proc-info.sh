#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# dpdk-proc-info, a secondary process, sees the port of testpmd with its statistics and queues.

. "$(dirname "$0")/lib.sh"

need dpdk-proc-info
need_huge_pages

# info ARGUMENTS: what dpdk-proc-info prints, in REPLY
info()
{
	REPLY=$(timeout 30 dpdk-proc-info "${EAL[@]}" -- "$@" 2>&1) || fail "proc-info $*: $REPLY"
}

APP=(--rxq=2 --txq=2 --rxd=300 --txd=300)
pmd_start_one ''
pmd 'start tx_first 2'
sleep 0.2
pmd stop
xstats 0

info -p 1 --stats
expect "RX-packets: ${X[rx_good_packets]} +RX-errors: +0 +RX-bytes: +${X[rx_good_bytes]}" 'rx statistics'
expect "TX-packets: ${X[tx_good_packets]} +TX-errors: +0 +TX-bytes: +${X[tx_good_bytes]}" 'tx statistics'
info -p 1 --xstats
for name in rx_good_packets rx_q1_packets tx_q0_bytes tx_drop_oversize; do
	expect "^$name: ${X[$name]}\$" "xstats: $name"
done
# By its name it tells the number, by its number the value.
info -p 1 --xstats-name tx_q1_packets
id=$(sed -n 's/^tx_q1_packets: *//p' <<<"$REPLY")
info -p 1 --xstats-ids "$id"
expect "^tx_q1_packets: ${X[tx_q1_packets]}\$" 'one statistic by its number'
info -p 1 --show-port
expect "driver name net_lo|net_lo0|net_lo" 'the port is net_lo'
expect 'descriptors 300|desc 300|300' 'its queues have 300 descriptors'
info -p 1 --show-port-private
refuse 'Failed|not support' 'refusal to dump'
# The primary goes on.
pmd 'clear port xstats 0' start
sleep 0.2
pmd stop
xstats 0
check 'the primary still carries packets' 'X[rx_good_packets] > 1000'
pmd_quit
