#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# net_lo_secondary_autotest with memory that a second process can share.

# shellcheck source=test/scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

need_huge_pages
timeout -k 5 100 "${LO_BUILD:?}/test/lo-test" "${EAL[@]}" "${MEM[@]}" net_lo_secondary_autotest
