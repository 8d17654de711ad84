#!/usr/bin/env python3
"""What one dumped sample of a still table costs beside a C dump that is discarded, and beside ss.

Holds sockets in a network namespace of its own. Needs root.

    swift build --product TruthGenerator
    swift build -c release --package-path Benchmarks/ledger
    Benchmarks/ledger/sample_cost.py [--sockets N] [--rounds R]
"""

import argparse
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import bench  # noqa: E402  (found by the line above)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    connections = options.sockets // 2
    # A process may have 20,000 descriptors, and holds both ends.
    processes = -(-options.sockets // 16_000)
    hold = [bench.product("TruthGenerator"), "hold", "--count", str(connections)]
    hold += ["--processes", str(processes), "--seconds", "3600"]
    with bench.own_namespace("sample-cost"), bench.running(hold, stdout=subprocess.PIPE) as holder:
        if holder.stdout.readline().strip() != b"ready":
            sys.exit("the sockets cannot be held")
        program = HERE / ".build/release/SampleBench"
        subprocess.run([program, "--rounds", str(options.rounds)], check=True)


main()
