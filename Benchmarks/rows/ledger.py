"""The ledger alone, against a hash probe in C of the same number of rows.

LedgerBench and hash-probe speak the same language: the median processor time a row, in ns, of dumps
in which no row changed, and of dumps in which each did.
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
    options = ["--rows", str(ROWS), "--rounds", "5"]
    found = {name: ([], []) for name in BARS}
    for _ in range(form.rounds):
        text = subprocess.run([PROGRAM, *options], check=True, stdout=subprocess.PIPE).stdout
        own, probe = json.loads(text), bench.program("hash-probe", *options)
        if own["rows"] != probe["rows"]:
            raise RuntimeError(f"{own['rows']} rows against {probe['rows']}")
        for name, (ours, theirs) in found.items():
            ours.append(own[f"{name}_ns"])
            theirs.append(probe[f"{name}_ns"])
    return [Result("ledger", name, f"the ledger alone, {name} row", "ns", *pair[:1],
                   "hash probe in C", pair[1], bar=BARS[name])
            for name, pair in found.items()]
