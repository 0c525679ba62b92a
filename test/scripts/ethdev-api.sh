#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# dpdk-test's ethdev_api: the queue states through configure, start and stop. DPDK has it from
# 23.11 on.

. "$(dirname "$0")/lib.sh"

need dpdk-test
timeout -k 5 60 dpdk-test "${EAL[@]}" "${MEM[@]}" --vdev="${LO_DRIVER}0" \
	<<<$'?\nquit' >"$LOG" 2>&1 || fail 'dpdk-test does not start'
grep -qw ethdev_api "$LOG" || skip 'this release of dpdk-test has no ethdev_api'

timeout -k 5 60 dpdk-test "${EAL[@]}" "${MEM[@]}" --vdev="${LO_DRIVER}0" \
	ethdev_api </dev/null >"$LOG" 2>&1
rc=$?
REPLY=$(tr -d '\r' <"$LOG")
check 'dpdk-test ends with 0' 'rc == 0'
expect 'Tests Total +: +1$' 'one case'
expect 'Tests Passed +: +1$' 'has passed'
expect 'Tests Skipped +: +0$' 'none was skipped: the port exists'
