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
NAME = "LedgerBench"
FOLDERS = [bench.ROOT / folder / ".build/release"
           for folder in ("Benchmarks", "Benchmarks/ledger", "")]


def run(form):
    program = next((folder / NAME for folder in FOLDERS if (folder / NAME).exists()), None)
    if not program:
        return [missing(
            "ledger", "the ledger alone, a row",
            "not available: build Benchmarks' LedgerBench "
            "(swift build -c release --package-path Benchmarks --product LedgerBench)")]
    options = ["--rows", str(ROWS), "--rounds", "5"]
    found = {name: ([], []) for name in BARS}
    for _ in range(form.rounds):
        text = subprocess.run([program, *options], check=True, stdout=subprocess.PIPE).stdout
        own, probe = json.loads(text), bench.program("hash-probe", *options)
        if own["rows"] != probe["rows"]:
            raise RuntimeError(f"{own['rows']} rows against {probe['rows']}")
        for name, (ours, theirs) in found.items():
            ours.append(own[f"{name}_ns"])
            theirs.append(probe[f"{name}_ns"])
    return [Result("ledger", name, f"the ledger alone, a row {name}", "ns", ours,
                   "hash probe in C", theirs, bar=BARS[name])
            for name, (ours, theirs) in found.items()]
