#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# pmd-perf.sh [STREAM]: dpdk-test's pmd_perf_autotest primes a loop port with 2048 packets and
# measures it, in one of its stream controls, through all modes and anchors.
# It runs for two seconds' worth of packets at line rate, so a slow line makes a short run.

. "$(dirname "$0")/lib.sh"

need dpdk-test

# perf NAME COMMAND...: one dpdk-test
perf()
{
	local name=$1

	shift
	printf '%s\n' "$@" pmd_perf_autotest quit >"$TMP/commands"
	timeout -k 5 60 stdbuf -oL dpdk-test "${EAL[@]}" "${MEM[@]}" \
		--vdev="${LO_DRIVER}0,speed=$speed" <"$TMP/commands" >"$LOG" 2>&1
	rc=$?
	[ "$rc" -ne 124 ] || fail "$name: no end within 60 s"
	check "$name: dpdk-test ends by itself" 'rc == 0'
	REPLY=$(tr -d '\r' <"$LOG")
	expect '^At least 1 port\(s\) used|^Performance test runs on lcore' "$name: has the port"
	refuse 'Test Failed|[1-9][0-9]* packets lost|Fail to|Cannot|err=' "failure"
	expect '^Test OK' "$name: passes"
}

stream=${1:-continuous}
speed=1000
if [ "$stream" != continuous ]; then
	perf "$stream" "set_rxtx_sc $stream"
	expect '[0-9]+ cycles per packet' "$stream: measures"
	exit
fi

for mode in vector scalar hybrid full; do
	for anchor in rxtx rxonly txonly; do
		perf "$mode, $anchor" "set_rxtx_sc continuous" "set_rxtx_mode $mode" \
			"set_rxtx_anchor $anchor"
		expect 'Result: [0-9]+ cycles per packet' "$mode, $anchor: measures"
	done
done
