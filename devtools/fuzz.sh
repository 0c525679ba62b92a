#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# Builds and runs the fuzzers, one after the other, from the seeds of test/fuzz/corpus. What they
# find besides is kept in the build folder and used again; what ends one lies in fuzz/found there.
# Usage: fuzz.sh [SECONDS] [NAME]   60 seconds each, all of them
#
# LO_BUILD  build folder, build/fuzz unless set

LO_BUILD=${LO_BUILD:-$(cd "$(dirname "$0")/.." && pwd)/build/fuzz}
export LO_BUILD
# shellcheck source=devtools/setup.sh
. "$(dirname "$0")/setup.sh"

seconds=${1:-60}
names=("${@:2}")
[ ${#names[@]} -gt 0 ] || names=(input socket devargs filter)

export CC=clang
setup_packages "${build_packages[@]}" clang
mkdir -p "$build"
setup_build -Dfuzz=true -Dtests=false -Dapps=false -Db_lundef=false -Dbuildtype=debugoptimized \
	-Db_sanitize=address,undefined -Dc_args="-fno-sanitize-recover=all -fno-sanitize=alignment" \
	> "$build/build.log" 2>&1 || { tail -n 40 "$build/build.log"; die 'the build failed'; }

found=$build/found
mkdir -p "$found"
crashed=()
for name in "${names[@]}"; do
	mkdir -p "$build/corpus/$name"
	result=0
	"$build/test/fuzz/fuzz-$name" -max_total_time="$seconds" -max_len=4096 -timeout=20 \
		-rss_limit_mb=4096 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$found/$name-" \
		"$build/corpus/$name" "$top/test/fuzz/corpus/$name" \
		> "$build/$name.log" 2>&1 < /dev/null || result=$?
	printf '%-8s %s runs in %s s, exit %s\n' "$name" \
		"$(sed -n 's/^stat::number_of_executed_units: //p' "$build/$name.log")" \
		"$seconds" "$result"
	if [ $result != 0 ]; then
		crashed+=("$name")
		tail -n 60 "$build/$name.log"
	fi
done
echo "${#names[@]} fuzzers, ${#crashed[@]} ended by what they found${crashed[*]:+: ${crashed[*]}}"
[ ${#crashed[@]} = 0 ]
