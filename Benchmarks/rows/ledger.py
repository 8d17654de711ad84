"""The ledger alone, against a hash table in C that looks up the same rows in the same order.

LedgerBench measures both in one process, in turn: the median processor time a row, in ns, of dumps in
which no row changed, and of dumps in which each did.
"""

import json
import subprocess

import bench
from result import Result, missing

BARS = {"unchanged": 3, "changed": 15}
ROWS = 100_000
PROGRAM = bench.ROOT / "Benchmarks/.build/release/LedgerBench"


def run(form):
    if not PROGRAM.exists():
        return [missing(
            "ledger", "the ledger alone, a row",
            "not available: build Benchmarks' LedgerBench "
            "(swift build -c release --package-path Benchmarks --product LedgerBench)")]
    found = {name: ([], []) for name in BARS}
    for _ in range(form.rounds):
        text = subprocess.run([PROGRAM, "--rows", str(ROWS), "--rounds", "5"], check=True,
                              stdout=subprocess.PIPE).stdout
        told = json.loads(text)
        for name, (ours, theirs) in found.items():
            ours.append(told[f"{name}_ns"])
            theirs.append(told[f"{name}_c_ns"])
    return [Result("ledger", name, f"the ledger alone, a row {name}", "ns", ours,
                   "hash table in C", theirs, bar=BARS[name])
            for name, (ours, theirs) in found.items()]
