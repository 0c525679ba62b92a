#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# dpdk-telemetry.py reads the device: ethdev's own commands and those of net_lo.

. "$(dirname "$0")/lib.sh"

need dpdk-telemetry.py

# ask COMMAND: the JSON answer, in REPLY
ask()
{
	REPLY=$(timeout 20 dpdk-telemetry.py -f "$PREFIX" <<<"$1" 2>&1) || fail "$1: $REPLY"
	REPLY=$(grep -F "{\"${1%%,*}\":" <<<"$REPLY")
	[ -n "$REPLY" ] || fail "no answer to $1"
}

APP=(--rxq=2 --txq=2 --rxd=300 --txd=300)
pmd_start_one steer=flow,speed=25000
pmd 'start tx_first 2'
sleep 0.2
pmd stop
xstats 0

ask /ethdev/list
expect '\[0\]' '/ethdev/list has the port'
ask /ethdev/stats,0
expect "\"ipackets\": ${X[rx_good_packets]}, \"opackets\": ${X[tx_good_packets]}," '/ethdev/stats'
expect "\"ibytes\": ${X[rx_good_bytes]}, \"obytes\": ${X[tx_good_bytes]}," 'with bytes'
ask /ethdev/xstats,0
for name in rx_q0_packets rx_q1_packets tx_q1_bytes tx_drop_oversize; do
	expect "\"$name\": ${X[$name]}[,}]" "/ethdev/xstats has $name"
done
ask /ethdev/link_status,0
expect '"status": "UP", "speed": 25000' '/ethdev/link_status'
ask /ethdev/info,0
expect '"name": "net_lo0"' '/ethdev/info'

# The private dump: testpmd has no command for it.
ask /ethdev/dump_priv,0
expect 'steer.*flow' 'the private dump names the steering'
expect '\b300\b' 'and the ring size'
expect '\b64\b' 'and the 64 packets that wait'

ask /net_lo/list
expect '\b0\b|net_lo0' '/net_lo/list has the port'
ask /net_lo/conf,0
expect '"steer": "flow"' '/net_lo/conf: steer'
expect '"overflow": "backpressure"' '/net_lo/conf: overflow'
expect '\b25000\b' '/net_lo/conf: speed'
ask /net_lo/queues,0
expect '\b300\b' '/net_lo/queues: the ring size'
expect "\b${X[rx_q0_packets]}\b" '/net_lo/queues: what queue 0 received'
expect "\b${X[tx_q1_packets]}\b" '/net_lo/queues: what queue 1 sent'
ask /net_lo/drops,0
expect '"oversize": 0[,}]' '/net_lo/drops'
for command in queues conf drops; do
	for port in 7 x ''; do
		ask "/net_lo/$command${port:+,$port}"
		expect 'null|error' "/net_lo/$command of port '$port': no data"
	done
done
# Still there after nonsense.
ask /ethdev/list
expect '\[0\]' 'the process still answers'
pmd_quit
