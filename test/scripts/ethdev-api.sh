#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# dpdk-test's ethdev_api: the queue states through configure, start and stop. DPDK has it from
# 23.11 on.

. "$(dirname "$0")/lib.sh"

dpdk_test --vdev="${LO_DRIVER}0" <<<$'?\nquit'
check 'dpdk-test starts' 'RC == 0'
grep -qw ethdev_api <<<"$REPLY" || skip 'this release of dpdk-test has no ethdev_api'

dpdk_test --vdev="${LO_DRIVER}0" ethdev_api </dev/null
check 'dpdk-test ends with 0' 'RC == 0'
expect 'Tests Total +: +1$' 'one case'
expect 'Tests Passed +: +1$' 'has passed'
expect 'Tests Skipped +: +0$' 'none was skipped: the port exists'
