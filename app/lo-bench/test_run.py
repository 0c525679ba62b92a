#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
"""Short runs of every scenario: the JSON has its keys and agrees with itself and the table.

Usage: test_run.py LO-BENCH
"""
import json
import os
import subprocess
import sys
import tempfile

KEYS = {"scenario", "subject", "burst", "in_flight", "size_bytes", "touch", "lcores", "mpps",
        "ns_per_packet", "cycles_per_packet", "ratio", "rounds"}
LOOPS = {"net_lo", "net_ring", "net_memif"}
DRIVERS = ["loop", "loop-xcore", "floor", "flow"]
LIBLOP = {"liblop", "liblop-burst"}
TIMES = {"p50_ns", "p99_ns", "p999_ns"}


def eal(lcores):
    return ["--no-huge", "--no-shconf", "-m", "512", "--no-pci", "--no-telemetry",
            f"--file-prefix=lo-bench-run-{os.getpid()}", "-d", "librte_net_lo.so",
            f"--lcores={lcores}"]


def bench(program, lcores, args):
    """The rows of the JSON file and the text of stdout."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as out:
        run = subprocess.run([program, *eal(lcores), "--", *args, "--ms", "4", "--json", out.name],
                             text=True, capture_output=True, timeout=120, check=False)
        assert run.returncode == 0, f"{args}: status {run.returncode}\n{run.stdout}{run.stderr}"
        return json.load(out), run.stdout


def spreads(text):
    """Minimum and maximum of each row of the table, in its order."""
    found = [w.split("..") for line in text.splitlines() for w in line.split() if ".." in w]
    return [(float(s[0]), float(s[1])) for s in found if s[0].replace(".", "").isdigit()]


def check_rows(rows, text):
    """Every row is sound by itself and beside net_ring's row of the same case."""
    ranges = spreads(text)
    assert len(rows) == len(ranges), f"{len(rows)} rows in JSON, {len(ranges)} in the table"
    ring = {}
    for row, (low, high) in zip(rows, ranges):
        assert set(row) == KEYS, row
        if row["subject"] == "net_ring":
            ring[case(row)] = (low, high)
            assert row["ratio"] == 1, row
    for row, (low, high) in zip(rows, ranges):
        assert row["rounds"] == 5 and row["mpps"] > 0, row
        assert low - 0.01 <= row["mpps"] <= high + 0.01, (row, low, high)
        assert abs(row["mpps"] * row["ns_per_packet"] - 1000) < 0.01, row
        ghz = rows[0]["cycles_per_packet"] / rows[0]["ns_per_packet"]
        assert abs(row["cycles_per_packet"] / row["ns_per_packet"] / ghz - 1) < 1e-6, row
        if row["scenario"] == "flow":
            assert row["ratio"] is None, row
            continue
        ring_low, ring_high = ring[case(row)]
        assert (low - 0.01) / (ring_high + 0.01) <= row["ratio"], (row, low, ring_high)
        if ring_low > 0.02:
            assert row["ratio"] <= (high + 0.01) / (ring_low - 0.01), (row, high, ring_low)


def case(row):
    return row["scenario"], row["burst"], row["size_bytes"], row["touch"]


def subjects(rows, scenario):
    return {row["subject"] for row in rows if row["scenario"] == scenario}


def drivers(program, lcores):
    rows, text = bench(program, lcores, [*DRIVERS, "--burst", "1,32", "--touch", "none,rewrite"])
    check_rows(rows, text)
    assert subjects(rows, "loop") == LOOPS | {"net_null"}, rows
    assert subjects(rows, "loop-xcore") == LOOPS, rows
    assert subjects(rows, "floor") == LOOPS, rows
    assert subjects(rows, "flow") == {"net_lo"}, rows
    assert len(rows) == 4 * 4 + 4 * 3 + 2 * 3 + 2, len(rows)
    assert all(row["lcores"] == (2 if row["scenario"] == "loop-xcore" else 1) for row in rows)
    assert all("not a loop" in line for line in text.splitlines() if line.startswith("net_null "))


def check_path(rows, text, more=frozenset()):
    """Rows of the path: sound, and with the keys that only their scenario has."""
    assert len(rows) == len(spreads(text)), (rows, text)
    assert "left out" not in text, text
    for row, (low, high) in zip(rows, spreads(text)):
        assert set(row) - KEYS <= more and KEYS <= set(row), row
        assert row["rounds"] == 5 and row["mpps"] > 0 and row["size_bytes"] == 60, row
        assert low - 0.01 <= row["mpps"] <= high + 0.01, (row, low, high)


def path(program, lcores):
    rows, text = bench(program, lcores, ["udp", "udp-random", "udp-call", "udp-mmsg"])
    check_path(rows, text)
    assert [row["burst"] for row in rows if row["scenario"] == "udp"] == [1, 1, 32, 32, 64, 64]
    assert subjects(rows, "udp") == {"liblop", "net_ring"}, rows
    assert subjects(rows, "udp-random") == {"liblop", "liblop-each", "net_ring"}, rows
    assert subjects(rows, "udp-call") == LIBLOP | {"kernel"}, rows
    assert subjects(rows, "udp-mmsg") == {"liblop", "kernel"}, rows
    for row in rows:
        assert row["ratio"] == 1 or row["subject"] not in ("net_ring", "kernel"), row
        assert row["ratio"] is not None, row


def path_sizes(program, lcores):
    """An mbuf of liblop holds 2048 bytes of payload, and more wait in a socket than are in one."""
    rows, text = bench(program, lcores, ["udp", "--size", "2090,2091", "--burst", "32",
                                         "--in-flight", "4096"])
    assert "udp: 2091 bytes: left out" in text, text
    assert {(row["subject"], row["size_bytes"], row["in_flight"]) for row in rows} == {
        ("liblop", 2090, 4096), ("net_ring", 2090, 1023)}, rows


def round_trips(program, lcores):
    rows, text = bench(program, lcores, ["rtt", "rtt-xcore"])
    check_path(rows, text, TIMES)
    assert subjects(rows, "rtt") == subjects(rows, "rtt-xcore") == LIBLOP | {"kernel"}, rows
    for row in rows:
        assert 0 < row["p50_ns"] <= row["p99_ns"] <= row["p999_ns"], row


def scale(program, lcores):
    rows, text = bench(program, lcores, ["scale"])
    check_path(rows, text, {"cost_ratio", "cycles_per_hook_burst"})
    names = [row["subject"] for row in rows]
    assert names == ["routes=1", "routes=1000000", "sockets=1", "sockets=100000", "receivers=1",
                     "receivers=100000", "hooks=0", "hooks=1", "hooks=16", "neighbours=1",
                     "neighbours=100000"], names
    for row in rows:
        assert abs(row["cost_ratio"] * row["ratio"] - 1) < 1e-6, row
        assert ("cycles_per_hook_burst" in row) == (row["subject"] == "hooks=16"), row
    for name in ("routes=1", "sockets=1", "receivers=1", "hooks=1", "neighbours=1"):
        assert rows[names.index(name)]["ratio"] == 1, rows


def memory(program, lcores):
    rows, _ = bench(program, lcores, ["memory"])
    assert [row["subject"] for row in rows] == ["socket", "route", "neighbour"], rows
    assert all(row["rounds"] == 0 and row["mpps"] is None for row in rows), rows
    assert all(1 < row["bytes_per"] < 4096 for row in rows), rows


def many_in_flight(program, lcores):
    rows, text = bench(program, lcores, ["loop", "--burst", "256", "--in-flight", "32,4096",
                                         "--touch", "none"])
    assert "burst 256 with 32 in flight: left out" in text, text
    assert {row["subject"]: row["in_flight"] for row in rows} == {
        "net_lo": 4096, "net_ring": 1023, "net_null": 4096, "net_memif": 4096}, rows


def long_frames(program, lcores):
    """net_memif is for frames of 1514 bytes and says so; the others go on."""
    rows, text = bench(program, lcores, ["floor", "loop-xcore", "--burst", "32", "--size", "9014",
                                         "--touch", "read"])
    check_rows(rows, text)
    assert {"net_lo", "net_ring"} <= {row["subject"] for row in rows}, rows
    if "net_memif" not in {row["subject"] for row in rows}:
        assert text.count("net_memif: left out") == 1, text


def one_lcore(program, lcores):
    rows, text = bench(program, lcores.split(",")[0], ["loop-xcore", "rtt-xcore"])
    assert "rtt-xcore: skipped: needs 2 lcores, the EAL has 1" in text, text
    assert rows == [] and "loop-xcore: skipped: needs 2 lcores, the EAL has 1" in text, text


def main():
    cpus = sorted(os.sched_getaffinity(0))
    lcores = f"0@{cpus[0]},1@{cpus[min(1, len(cpus) - 1)]}"
    for test in (drivers, path, path_sizes, round_trips, scale, memory, many_in_flight, long_frames, one_lcore):
        test(sys.argv[1], lcores)
        print(f"{test.__name__}: ok")


if __name__ == "__main__":
    main()
