#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# net_lo_secondary_autotest with memory that a second process can share.

# shellcheck source=test/scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

need_huge_pages
# Where both processes find the address free: the EAL's own choice is sometimes taken in one of them,
# with AddressSanitizer in the way nearly always.
timeout -k 5 100 "${LO_BUILD:?}/test/lo-test" "${EAL[@]}" "${MEM[@]}" \
	--base-virtaddr=0x200000000000 net_lo_secondary_autotest
