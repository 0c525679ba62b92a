#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# Runs the tests, from a fresh Debian on: installs, builds, runs.
# Usage: test.sh                       all tests; the last line is the sum
#        test.sh [EAL-OPTION...] NAME...   lo-test with these arguments

# shellcheck source=devtools/setup.sh
. "$(dirname "$0")/setup.sh"

setup_packages "${build_packages[@]}" "${test_packages[@]}"
setup_build -Dapps=true -Dtests=true

if [ $# -gt 0 ]; then
	setup_eal 512
	# Some tests need four threads, also where there are fewer CPUs.
	lcores=("--lcores=(0-3)@($(setup_cpus | sort -n | paste -sd,))")
	for arg; do
		case $arg in
		-l* | -c* | --lcores*) lcores=() ;;
		esac
	done
	exec "$build/test/lo-test" "${lcores[@]}" "${eal[@]}" "$@"
fi

result=0
meson test -C "$build" --no-rebuild --print-errorlogs < /dev/null || result=1
"$top/devtools/count-tests" "$build/meson-logs/testlog.json" || result=1
exit $result
