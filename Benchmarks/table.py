#!/usr/bin/env python3
"""Measures this program beside its peers and the raw limit, and prints a table.

    sudo scripts/bench [--short] [ROW...]

Without a row all of them, some 40 minutes; docs/benchmarks.md tells what each is. The figures go to
Benchmarks/results as CSV, where a run of some rows replaces these alone. The short form takes three
minutes at most and ends with 1 when a ratio is more than 1.5 times worse than in
Benchmarks/baseline.csv.
"""

import argparse
import csv
import dataclasses
import importlib
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "lib"), str(HERE / "rows")]
import baseline  # noqa: E402
import bench  # noqa: E402
import host  # noqa: E402
import page  # noqa: E402
from result import missing, print_table, write_csv  # noqa: E402

# In the order of the table.
ROWS = ["sample", "steady", "connection", "storm", "ledger", "file", "memory", "questions",
        "answers", "export", "start", "churn", "night"]
# What scatters little enough in little time.
SHORT_ROWS = ["sample", "connection", "ledger", "file", "memory", "start"]
# Of the package in Benchmarks, what a row needs.
PRODUCTS = {"ledger": "LedgerBench", "questions": "SyntheticRecording",
            "answers": "SyntheticRecording", "export": "SyntheticRecording"}
BASELINE = HERE / "baseline.csv"


class Interrupted(BaseException):
    """Told to end: the contexts are left, and no further row is begun."""


def interrupt(*_):
    raise Interrupted


@dataclasses.dataclass
class Form:
    """How a row measures."""

    short: bool
    rounds: int
    recording: pathlib.Path | None
    connections: int


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--short", action="store_true",
                        help="the form for CI: few rows, held against the baseline")
    parser.add_argument("--rounds", type=int, help="of most rows; 7, or 5 in the short form")
    parser.add_argument("--recording", type=pathlib.Path,
                        help="a large recording for questions and export")
    parser.add_argument("--connections", type=int, default=10_000_000,
                        help="of the recording that is made where none is given")
    parser.add_argument("--results", type=pathlib.Path, default=HERE / "results",
                        help="the folder of the CSV files")
    parser.add_argument("--page", action="store_true",
                        help="measure nothing: write the figures into docs/benchmarks.md")
    parser.add_argument("--accept", action="store_true",
                        help="with --short: make what is measured the baseline of its rows")
    options = parser.parse_args()
    for row in options.rows:
        if row not in ROWS:
            parser.error(f"no row {row}: {', '.join(ROWS)}")
    if options.accept and not options.short:
        parser.error("--accept goes with --short")
    options.rounds = options.rounds or (5 if options.short else 7)
    return options


def measure(rows, form):
    """Each row's results; a row that fails says so, and the others go on."""
    results, failed = [], False
    for name in rows:
        begun = time.monotonic()
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            results += importlib.import_module(name).run(form)
        except (RuntimeError, OSError, subprocess.SubprocessError, SystemExit) as error:
            failed = True
            results.append(missing(name, "failed", f"failed: {error}"))
        print(f"  {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return results, failed


def write_facts(path, facts):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "value"])
        writer.writerows(facts)


def build(*words):
    """Brings a program up to date; what the compiler says is told when it fails."""
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib", *words]
    done = subprocess.run(command, cwd=bench.ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{done.stdout}\ncannot build: {' '.join(command)}")


def prepare(short, rows):
    """Has all that the rows need: packages, the product as its sources are now, the programs beside
    it, the C side."""
    host.install(short)
    print("building …", file=sys.stderr, flush=True)
    build("--product", "socktape")
    for row, product in PRODUCTS.items():
        if row in rows:
            build("--package-path", "Benchmarks", "--product", product)
    bench.build_programs()


def keep(options, results, facts):
    """Writes the files; a run of some rows alone replaces these rows."""
    name = "short" if options.short else "table"
    write_csv(options.results / f"{name}.csv", results, ROWS)
    write_facts(options.results / f"{name}-machine.csv", facts)
    print(f"\n{options.results / name}.csv")


def main():
    options = arguments()
    if options.page:
        page.write(bench.ROOT / "docs/benchmarks.md", options.results)
        return 0
    bench.root()
    # Namespaces and loads are cleared away however the program is told to end.
    signal.signal(signal.SIGTERM, interrupt)
    rows = options.rows or (SHORT_ROWS if options.short else ROWS)
    prepare(options.short, rows)
    form = Form(options.short, options.rounds, options.recording, options.connections)
    facts = host.facts(bench.product("socktape"))
    results, failed = measure(rows, form)
    for name, value in facts:
        print(f"{name}: {value}")
    print()
    print_table(results)
    keep(options, results, facts)
    if options.accept and not failed:
        baseline.write(BASELINE, results)
    if not options.short:
        return 1 if failed else 0
    said = baseline.complaints(BASELINE, results, rows)
    for line in said:
        print(line, file=sys.stderr)
    return 1 if failed or said else 0


if __name__ == "__main__":
    sys.exit(main())
