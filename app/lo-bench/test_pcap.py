#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
"""A capture that this test writes goes round through net_lo unchanged.

Usage: test_pcap.py LO-BENCH
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

ETHERNET = 1
LINUX_COOKED = 113
# The smallest and the largest that a device carries, and around an mbuf's and a page's size.
SIZES = [14, 15, 59, 60, 64, 1513, 1514, 1515, 2047, 2048, 2049, 4096, 9014, 65548, 65549]
UNFIT = [0, 13, 65550]


def write_capture(path, frames, link_type=ETHERNET):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type))
        for frame, length in frames:
            out.write(struct.pack("<IIII", 0, 0, len(frame), length) + frame)


def bench(program, path, *args):
    cpu = min(os.sched_getaffinity(0))
    return subprocess.run(
        [program, "--no-huge", "--no-shconf", "-m", "512", "--no-pci", "--no-telemetry",
         f"--file-prefix=lo-bench-pcap-{os.getpid()}", "-d", "librte_net_lo.so",
         f"--lcores=0@{cpu}", "--", "loop", "--pcap", path, *args],
        text=True, capture_output=True, timeout=60, check=False)


def main():
    rng = random.Random(1)
    frames = [(rng.randbytes(n), n) for n in SIZES + UNFIT]
    frames += [(rng.randbytes(rng.randint(14, 1514)), 65549) for _ in range(300)]
    rng.shuffle(frames)
    fit = [frame for frame, _ in frames if len(frame) not in UNFIT]

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "frames.pcap")
        write_capture(path, frames)
        run = bench(sys.argv[1], path, "--rounds", "5")
        assert run.returncode == 0, run.stdout + run.stderr
        want = (f"{len(fit)} frames, {sum(map(len, fit))} bytes, sent round 15 times, "
                "0 mismatches")
        assert want in run.stdout, (want, run.stdout)
        assert "300 frames are cut short in the capture, 3 were left out" in run.stdout, run.stdout

        write_capture(path, frames, LINUX_COOKED)
        run = bench(sys.argv[1], path)
        assert run.returncode == 2 and "link type" in run.stderr, run.stderr

        write_capture(path, [(b"", 0)])
        run = bench(sys.argv[1], path)
        assert run.returncode == 2 and "no frame" in run.stderr, run.stderr
    print("a capture's frames come back unchanged")


if __name__ == "__main__":
    main()
