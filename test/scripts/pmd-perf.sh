#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# pmd-perf.sh [STREAM]: dpdk-test's pmd_perf_autotest primes a loop port with 2048 packets and
# measures it, in one of its stream controls, through all modes and anchors.
# It runs for two seconds' worth of packets at line rate, so a slow line makes a short run.

. "$(dirname "$0")/lib.sh"

# perf NAME COMMAND...: one dpdk-test
perf()
{
	local name=$1

	shift
	printf '%s\n' "$@" pmd_perf_autotest quit >"$TMP/commands"
	dpdk_test --vdev="${LO_DRIVER}0,speed=$speed" <"$TMP/commands"
	[ "$RC" -ne 124 ] || fail "$name: no end within 60 s"
	check "$name: dpdk-test ends by itself" 'RC == 0'
	expect '^At least 1 port\(s\) used|^Performance test runs on lcore' "$name: has the port"
	refuse 'Test Failed|[1-9][0-9]* packets lost|Fail to|Cannot|err=' "failure"
	expect '^Test OK' "$name: passes"
}

stream=${1:-continuous}
speed=10000
anchors=rxtx
[ "$stream" != continuous ] || anchors='rxtx rxonly txonly'
for mode in vector scalar hybrid full; do
	for anchor in $anchors; do
		perf "$stream, $mode, $anchor" "set_rxtx_sc $stream" "set_rxtx_mode $mode" \
			"set_rxtx_anchor $anchor"
		expect '[0-9]+ cycles per packet' "$mode, $anchor: measures"
	done
done
