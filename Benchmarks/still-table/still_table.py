#!/usr/bin/env python3
"""What one sample of a still table costs, against one `ss -tan >/dev/null`.

Holds sockets in a network namespace of its own, lets a release build record them and compares, in
one run and in turns, the processor time (user and system) of a sample with that of ss. Needs root.

    swift build -c release --product socktape
    swift build --product TruthGenerator
    Benchmarks/still-table/still_table.py [--csv FILE]

Exit status: 0 when the ratio of the medians is at most --bar, 1 when it is above.
"""

import argparse
import contextlib
import csv
import ctypes
import os
import pathlib
import secrets
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLONE_NEWNET = 0x40000000
SS = ["ss", "-tan"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=24_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--samples", type=int, default=10, help="samples a round")
    parser.add_argument("--interval-ms", type=int, default=1000)
    parser.add_argument("--settle", type=float, default=15, help="seconds before the first round")
    parser.add_argument("--bar", type=float, default=1.0)
    parser.add_argument("--csv", type=pathlib.Path)
    parser.add_argument("--socktape", default=ROOT / ".build/release/socktape")
    parser.add_argument("--generator", default=ROOT / ".build/debug/TruthGenerator")
    return parser.parse_args()


@contextlib.contextmanager
def own_namespace():
    """Moves this process, and what it starts, into a network namespace of its own."""
    name = f"still-table-{secrets.token_hex(4)}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{name}") as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "cannot enter the namespace")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)


@contextlib.contextmanager
def running(command, **options):
    """A process that is told to end, and waited for."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def ss_seconds():
    """Processor time of one `ss -tan >/dev/null`."""
    actions = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(shutil.which(SS[0]), SS, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"{' '.join(SS)} ended with {status}")
    return usage.ru_utime + usage.ru_stime


class Recorder:
    """A recorder, seen from outside: its processor time and its samples."""

    def __init__(self, process, path):
        self.process = process
        self.path = path

    def query(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as file:
            return file.execute(sql).fetchone()

    def threads(self):
        """Nanoseconds that each thread has run."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return {task.name: int((task / "schedstat").read_text().split()[0]) for task in tasks}

    def samples(self):
        return self.query("SELECT count(*) FROM samples")[0]

    def reading(self, interval):
        """Samples and processor time, in the quiet after a sample."""
        before = self.samples()
        while self.samples() == before:
            time.sleep(interval / 20)
        time.sleep(interval / 4)
        return self.samples(), self.threads()


def sample_seconds(first, last):
    """Processor time of one sample between two readings."""
    if not first[1].keys() <= last[1].keys():
        raise RuntimeError("a thread of the recorder ended: its time is lost")
    nanoseconds = sum(last[1].values()) - sum(first[1].values())
    return nanoseconds / 1e9 / (last[0] - first[0])


def measure(recorder, options):
    """Rounds of ss and samples in turns."""
    interval = options.interval_ms / 1000
    rows = []
    for number in range(options.rounds):
        first = recorder.reading(interval)
        time.sleep((options.samples - 1) * interval)
        last = recorder.reading(interval)
        ss = statistics.median(ss_seconds() for _ in range(5))
        rows.append((number + 1, ss * 1000, sample_seconds(first, last) * 1000))
    return rows


def check(recorder, options):
    """Refuses to compare when either sees another number of sockets."""
    shown = subprocess.run([*SS, "-H"], stdout=subprocess.PIPE, check=True).stdout.count(b"\n")
    (recorded,) = recorder.query("SELECT sockets FROM samples ORDER BY sample_id DESC LIMIT 1")
    if shown != recorded or shown < options.sockets:
        raise RuntimeError(f"ss shows {shown} sockets, the last sample {recorded}")
    return shown


def run(options, directory):
    hold = [options.generator, "hold", "--count", str(options.sockets // 2)]
    hold += ["--processes", str(options.processes), "--seconds", "3600"]
    database = os.path.join(directory, "still.sqlite")
    record = [options.socktape, "record", "--db", database, "--capture", "dumps"]
    record += ["--interval", f"{options.interval_ms}ms", "--duration", "1h"]
    with running(hold, stdout=subprocess.PIPE) as holder:
        if holder.stdout.readline() != b"ready\n":
            raise RuntimeError("the generator cannot hold so many sockets")
        with running(record, stderr=subprocess.DEVNULL) as process:
            time.sleep(options.settle)
            recorder = Recorder(process, database)
            sockets = check(recorder, options)
            return sockets, measure(recorder, options)


def report(sockets, rows, options):
    ss = statistics.median(row[1] for row in rows)
    sample = statistics.median(row[2] for row in rows)
    print(f"{sockets} sockets, medians of {len(rows)} rounds of {options.samples} samples")
    print(f"  ss -tan >/dev/null   {ss:8.2f} ms of processor time")
    print(f"  one sample           {sample:8.2f} ms of processor time")
    print(f"  ratio                {sample / ss:8.2f}")
    if options.csv:
        with options.csv.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["round", "sockets", "ss_ms", "sample_ms", "ratio"])
            for number, ss_ms, sample_ms in rows:
                ratio = round(sample_ms / ss_ms, 4)
                writer.writerow([number, sockets, round(ss_ms, 3), round(sample_ms, 3), ratio])
    return sample / ss


def main():
    options = arguments()
    with own_namespace(), tempfile.TemporaryDirectory() as directory:
        sockets, rows = run(options, directory)
    return 0 if report(sockets, rows, options) <= options.bar else 1


if __name__ == "__main__":
    sys.exit(main())
