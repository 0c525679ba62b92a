#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# pmd-perf.sh STREAM [MODE...]: dpdk-test's pmd_perf_autotest primes a loop port with 2048 packets
# and measures it, in one of its stream controls, in all modes and from all anchors.
# It runs for two seconds' worth of packets at line rate, so a slow line makes a short run.

. "$(dirname "$0")/lib.sh"

# perf MODE ANCHOR: one dpdk-test
perf()
{
	local what="$stream, $1, $2" try

	printf '%s\n' "set_rxtx_sc $stream" "set_rxtx_mode $1" "set_rxtx_anchor $2" \
		pmd_perf_autotest quit >"$TMP/commands"
	for ((try = 1; try <= 8; try++)); do
		dpdk_test --vdev="${LO_DRIVER}0,speed=10000" <"$TMP/commands"
		# The poller gives up after 10000 empty polls, which takes less than it may take
		# the sender to wake up: then it says so, and has another go.
		if [ "$stream" != poll_before_xmit ] ||
			! grep -q '[1-9][0-9]* packets lost, IDLE 10000 times' <<<"$REPLY"; then
			break
		fi
		echo "$what: try $try: the poller had gone before the sender came"
	done
	[ "$RC" -ne 124 ] || fail "$what: no end within 60 s"
	check "$what: dpdk-test ends by itself" 'RC == 0'
	expect '^Performance test runs on lcore' "$what: has the port"
	expect '^Test OK' "$what: passes"
	expect '[0-9]+ cycles per packet' "$what: measures"
	refuse '[1-9][0-9]* packets lost|[1-9][0-9]* drop' "packet lost"
}

stream=$1
shift
if [ "$stream" = poll_before_xmit ] && [ "$(nproc)" -ge 2 ]; then
	# A processor that sleeps wakes up late: something idle keeps the sender's awake.
	chrt -i 0 taskset -c "$(cpus | head -n 1)" sh -c 'while :; do :; done' &
	CHILDREN+=($!)
fi
anchors=rxtx
[ "$stream" != continuous ] || anchors='rxtx rxonly txonly'
[ $# -gt 0 ] || set -- vector scalar hybrid full
for mode; do
	for anchor in $anchors; do
		perf "$mode" "$anchor"
	done
done
