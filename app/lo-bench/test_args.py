#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
"""Nonsense is refused: one line that names the value, exit status 2, nothing runs.

Usage: test_args.py LO-BENCH
"""
import subprocess
import sys
import tempfile

REFUSED = [
    # arguments, what the line must contain
    (["ring"], ["scenario", "ring", "loop-xcore"]),
    (["loop", "loop"], ["scenario", "loop", "once"]),
    (["udp-calls"], ["scenario", "udp-calls", "udp-call", "udp-mmsg", "rtt-xcore", "memory"]),
    (["udp", "scale", "udp"], ["scenario", "udp", "once"]),
    (["--burst", "0"], ["--burst", '"0"', "1 to 256"]),
    (["--burst", "257"], ["--burst", '"257"', "1 to 256"]),
    (["--burst", "32,"], ["--burst", '""', "1 to 256"]),
    (["--burst", "-1"], ["--burst", '"-1"', "1 to 256"]),
    (["--burst", " 1"], ["--burst", '" 1"', "1 to 256"]),
    (["--burst", "1x"], ["--burst", '"1x"', "1 to 256"]),
    (["--burst", "0x10"], ["--burst", '"0x10"', "1 to 256"]),
    (["--burst", "99999999999999999999"], ["--burst", "99999999999999999999", "1 to 256"]),
    (["--burst", "32,32"], ["--burst", '"32"', "once"]),
    (["--burst", ",".join(str(i) for i in range(1, 18))], ["--burst", '"17"', "16"]),
    (["--burst", "1," * 200], ["--burst", "255"]),
    (["--burst"], ["--burst", "want"]),
    (["--in-flight", "31"], ["--in-flight", '"31"', "32 to 4096"]),
    (["--in-flight", "4097"], ["--in-flight", '"4097"', "32 to 4096"]),
    (["--size", "59"], ["--size", '"59"', "60 to 9014"]),
    (["--size", "9015"], ["--size", '"9015"', "60 to 9014"]),
    (["--touch", "write"], ["--touch", '"write"', "rewrite"]),
    (["--touch", "none,,read"], ["--touch", '""', "rewrite"]),
    (["--touch", "read,read-header"], ["--touch", '"read-header"', "once"]),
    (["--peers", "net_tap"], ["--peers", '"net_tap"', "net_memif"]),
    (["--rounds", "4"], ["--rounds", '"4"', "5 to 1000"]),
    (["--rounds", "5,6"], ["--rounds", '"5,6"', "5 to 1000"]),
    (["--ms", "0"], ["--ms", '"0"', "1 to 60000"]),
    (["--json", ""], ["--json", '""']),
    (["--json", "/nowhere/x.json"], ["--json", "/nowhere/x.json", "No such file"]),
    (["--pcap", "/nowhere/x.pcap", "loop"], ["--pcap", "/nowhere/x.pcap", "No such file"]),
    (["--pcap", "x.pcap"], ["--pcap", "x.pcap", "loop"]),
    (["--pcap", "x.pcap", "udp"], ["--pcap", "x.pcap", "loop"]),
    (["--pcap", "x.pcap", "floor"], ["--pcap", "x.pcap", "loop"]),
    (["--pcap", "x.pcap", "--json", "x", "loop"], ["--json", "--pcap"]),
    (["--frames", "1"], ["--frames", "--help"]),
    (["-b", "1"], ["-b", "--help"]),
    (["--help=1"], ["--help"]),
]


def check(bench, args, words):
    # The EAL would refuse this option, and say so: it must not be asked.
    run = subprocess.run([bench, "--no-such-eal-option", "--", *args], text=True,
                         capture_output=True, timeout=10, check=False)
    lines = run.stderr.splitlines()
    ok = (run.returncode == 2 and run.stdout == "" and len(lines) == 1
          and lines[0].startswith("lo-bench: ") and all(w in lines[0] for w in words))
    if not ok:
        print(f"FAIL: {args}: status {run.returncode}, stderr {run.stderr!r}")
    return ok


def main():
    bench = sys.argv[1]
    good = [check(bench, args, words) for args, words in REFUSED]

    with tempfile.NamedTemporaryFile(suffix=".pcap") as not_pcap:
        not_pcap.write(b"these are not the frames you want" * 4)
        not_pcap.flush()
        good.append(check(bench, ["loop", "--pcap", not_pcap.name], ["--pcap", "capture"]))

    # Help needs no EAL and names every option.
    for args in (["--help"], ["--", "--help"]):
        text = subprocess.run([bench, *args], text=True, capture_output=True, timeout=10,
                              check=True).stdout
        good.append(all(w in text for w in ("--burst", "--pcap", "loop-xcore", "random flow", "udp-mmsg",
                                        "rtt-xcore", "memory")))

    print(f"{sum(good)} of {len(good)} as expected")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
