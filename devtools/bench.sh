#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# Measures net_lo beside its peers, from a fresh Debian on: installs, builds, runs lo-bench.
# Usage: bench.sh [SCENARIO...] [OPTIONS]   (lo-bench says which: bench.sh --help)

# shellcheck source=devtools/setup.sh
. "$(dirname "$0")/setup.sh"

setup_packages "${build_packages[@]}"
setup_build -Dapps=true
setup_eal 512
# Two cores where there are two: the scenarios that cross cores need them.
lcores=$(setup_cpus | head -n 2 | sort -n | paste -sd,)
echo "$me: lcores: $lcores"

exec "$build/app/lo-bench" -l "$lcores" "${eal[@]}" -- "$@"
