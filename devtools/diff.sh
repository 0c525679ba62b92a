#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# Runs the same operations on Linux's loopback and on liblop and compares, from a fresh Debian on:
# installs, builds, runs lo-diff. The last line is the sum; 77 where the system allows nothing.
# Usage: diff.sh [--scenario NAME] [--fuzz SECONDS] [OPTIONS]   (lo-diff says which: diff.sh --help)

# shellcheck source=devtools/setup.sh
. "$(dirname "$0")/setup.sh"

setup_packages "${build_packages[@]}" "${test_packages[@]}"
setup_build -Dapps=true -Dtests=true
setup_eal 512

exec "$build/test/diff/lo-diff" -l "$(setup_cpus | head -n 1)" "${eal[@]}" -- \
	--scenarios "$top/test/diff/scenarios" --golden "$top/test/diff/golden" \
	--rows "$top/doc/contract-rows.txt" "$@"
