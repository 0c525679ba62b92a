#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Devargs that are wrong: the probe fails, one line names key, value and range, no port appears
# and nothing is left behind that would keep the next device from its name.

. "$(dirname "$0")/lib.sh"

# refused ARGS PATTERN...: all patterns on one line
refused()
{
	local args=$1 lines pattern

	shift
	pmd "port attach ${LO_DRIVER}0$args"
	lines=$(grep -i "$LO_DRIVER.*:" <<<"$REPLY" | grep -v 'port attach')
	for pattern; do
		lines=$(grep -E -- "$pattern" <<<"$lines") || fail "'$args': no '$pattern' in: $REPLY"
	done
	[ "$(wc -l <<<"$lines")" -eq 1 ] || fail "'$args': not one line: $lines"
	pmd 'show port summary all'
	expect '^Number of available ports: 0$' "refused: $lines"
}

# On the command line first: testpmd goes on without the port.
for args in steer=core speed=0 mac=01:00:00:00:00:01 colour=red; do
	pmd_start --vdev="${LO_DRIVER}0,$args" --
	grep -qE "${args%%=*}.*${args#*=}|${args#*=}.*${args%%=*}" "$LOG" ||
		fail "no line names ${args%%=*} and ${args#*=}"
	pmd 'show port summary all'
	expect '^Number of available ports: 0$' "$args on the command line: no port"
	pmd_quit
done

ranges='queue.*lcore.*flow'
pmd_start --
refused ,steer=core steer core "$ranges"
refused ,steer=queues steer queues "$ranges"
refused ,steer= steer "$ranges"
refused ,steer steer "$ranges"
refused ,overflow=block overflow block backpressure drop
refused ,overflow= overflow backpressure drop
for value in 9 1000001 0 -1 10x 1e3 0x10g 99999999999999999999 ''; do
	refused ",speed=$value" speed "=?'?$value" '\b10\b.*\b1000000\b'
done
for value in 01:00:00:00:00:01 ff:ff:ff:ff:ff:ff 02:00:00:00:00 02:00:00:00:00:0g \
	02:00:00:00:00:01:02 x ''; do
	refused ",mac=$value" mac "$value" '[uU]nicast|XX|zero'
done
refused ,colour=red colour 'steer.*overflow|overflow.*steer|mac|speed'
refused ,steer=flow,steer=queue steer 'twice|once|duplicate|more than'
refused ,speed=100,speed=100 speed 'twice|once|duplicate|more than'

pmd "port attach ${LO_DRIVER}0,steer=flow,overflow=drop,speed=25000,mac=02:00:00:00:00:7f"
pmd 'port start 0'
port_exists 0 "${LO_DRIVER}0"
expect '02:00:00:00:00:7F.*25 Gbps' 'right ones are taken, the name is free'
pmd_quit
