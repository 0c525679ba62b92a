#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# Which lines and branches of the library and the driver the unit tests run through: a table by
# file, then the sums. Fails below 92 % of the lines or 80 % of the branches.
# Usage: coverage.sh
#
# LO_BUILD  build folder, build/coverage unless set

LO_BUILD=${LO_BUILD:-$(cd "$(dirname "$0")/.." && pwd)/build/coverage}
export LO_BUILD
# shellcheck source=devtools/setup.sh
. "$(dirname "$0")/setup.sh"

export CC=gcc
setup_packages "${build_packages[@]}" "${test_packages[@]}" gcovr
# Threads count together: counters that lose some come out negative, which gcovr does not take.
setup_build -Db_coverage=true -Dbuildtype=debug -Dapps=false -Dc_args=-fprofile-update=atomic

# Only of this run.
find "$build" -name '*.gcda' -delete
log tests meson test -C "$build" --no-rebuild --print-errorlogs --suite unit ||
	{ tail -n 100 "$build/tests.log"; die 'a test failed'; }

cd "$top"
gcovr --root . --object-directory "$build" --filter 'lib/lop/' --filter 'drivers/net/lo/' \
	--exclude-unreachable-branches --json-summary "$build/coverage.json" "$build" > /dev/null
python3 - "$build/coverage.json" << 'EOF'
import json
import sys

FLOOR = {"line": 92, "branch": 80}

with open(sys.argv[1], encoding="utf-8") as f:
    files = json.load(f)["files"]


def percent(some, kind):
    total = sum(f[kind + "_total"] for f in some)
    return 100 * sum(f[kind + "_covered"] for f in some) / total if total else 100


def row(name, some):
    print(f"{name:40} {percent(some, 'line'):5.1f} % of lines  "
          f"{percent(some, 'branch'):5.1f} % of branches")


for f in sorted(files, key=lambda f: f["filename"]):
    row(f["filename"], [f])
for part in ("drivers/net/lo", "lib/lop"):
    row(part, [f for f in files if f["filename"].startswith(part + "/")])
row("together", files)
low = [kind for kind, floor in FLOOR.items() if percent(files, kind) < floor]
for kind in low:
    print(f"below {FLOOR[kind]} % of {kind}s")
sys.exit(bool(low))
EOF
