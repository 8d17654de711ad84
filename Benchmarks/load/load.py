#!/usr/bin/env python3
"""What a recorder needs on a host with very many sockets, descriptors and processes.

In a network namespace of its own: sockets that stand still, some connections that come and go beside
them, processes that sleep. The truth is the kernel's own count. Needs root, and room for as many
processes as it is told.

    swift build -c release
    sudo Benchmarks/load/load.py [--sockets N] [--processes N] [--seconds S] [-- OPTION OF record ...]

Exit status: 0 when every socket was in each table and every process had its count of descriptors, what
came and went was recorded to 99.9 % and nothing was recorded that the kernel did not count; else 1.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import bench  # noqa: E402

SAMPLES = """SELECT count(*), max(sockets), max(dump_us) / 1000, avg(dump_us) / 1000
             FROM samples WHERE basis = 'dump'"""
# Those that stand still are in each table.
STILL = "SELECT min(established) FROM state_counts WHERE established IS NOT NULL"
HEALTH = """SELECT count(*), max(lag_us) / 1000, avg(lag_us) / 1000, max(write_us) / 1000,
            max(memory_bytes) / 1e6 FROM recorder_health"""
SOURCES = "SELECT source, coalesce(lost, 0), coalesce(reason, '') FROM sources ORDER BY from_us"
COVERAGE = """SELECT sum(active_kernel), sum(active_recorded), sum(passive_kernel),
              sum(passive_recorded) FROM coverage"""
FILES = "SELECT max(open_fds), count(DISTINCT process_id) FROM process_fds"
OWNED = "SELECT count(*) FROM socket_owners"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=0, help="that sleep")
    parser.add_argument("--rate", type=int, default=100, help="connections a second beside them")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("options", nargs="*", help="for socktape record, after --")
    return parser.parse_args()


@contextlib.contextmanager
def sleepers(count):
    """So many processes that sleep; their parent ends them."""
    code = f"""import os, signal, sys
mine = []
for _ in range({count}):
    pid = os.fork()
    if pid == 0:
        signal.pause()
    mine.append(pid)
print("ready", flush=True)
sys.stdin.read()
for pid in mine: os.kill(pid, signal.SIGKILL)
for pid in mine: os.waitpid(pid, 0)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        if process.stdout.readline() != "ready\n":
            sys.exit(f"cannot start {count} processes")
        yield
        process.stdin.close()


def observe(options, path):
    """One recording; what its process took, and the sockets that the kernel counted."""
    with bench.own_namespace("load"), bench.still_table(options.sockets), \
            sleepers(options.processes):
        begun = time.monotonic()
        with bench.recording(path, "--interval", "1s", *options.options,
                             log=f"{path}.log") as recorder:
            print(f"first sample after {time.monotonic() - begun:.1f} s")
            before = bench.processor_ns(recorder.pid)
            bench.generate("churn", "--rate", options.rate, "--seconds", options.seconds,
                           "--processes", 1)
            spent = (bench.processor_ns(recorder.pid) - before) / 1e9
            time.sleep(2)
            peak = bench.memory_octets(recorder.pid, "VmHWM") / 1e6
            now = bench.memory_octets(recorder.pid) / 1e6
    print(f"processor: {100 * spent / options.seconds:.1f} % of one; "
          f"memory: {now:.0f} MB at the end, {peak:.0f} MB at most")


def report(options, path):
    """Prints what the recording says; whether it is whole."""
    dumps, sockets, longest, mean = bench.ask(path, SAMPLES)[0]
    samples, lag, lags, write, _ = bench.ask(path, HEALTH)[0]
    print(f"samples: {samples}, late by {lag} ms at most, {lags:.1f} ms on average; "
          f"written in {write} ms at most")
    print(f"dumps: {dumps} of at most {sockets:,} sockets, {mean:.0f} ms, at most {longest} ms")
    descriptors, processes = bench.ask(path, FILES)[0]
    print(f"descriptors: at most {descriptors:,} of a process, {processes:,} processes; "
          f"{bench.ask(path, OWNED)[0][0]:,} sockets have an owner")
    for source, lost, reason in bench.ask(path, SOURCES):
        if lost or reason:
            print(f"  {source}: {lost:,} lost {reason}")
    active, active_seen, passive, passive_seen = bench.ask(path, COVERAGE)[0]
    print(f"active {active_seen:,} of {active:,}, passive {passive_seen:,} of {passive:,}")
    print(f"file: {os.path.getsize(path) / 1e6:.1f} MB")
    still = bench.ask(path, STILL)[0][0]
    print(f"established: at least {still:,} in each table")
    return still >= options.sockets and processes >= options.processes and all(
        0.999 * kernel <= seen <= kernel
        for kernel, seen in ((active, active_seen), (passive, passive_seen)))


def main():
    options = arguments()
    bench.root()
    bench.build_programs()
    with bench.folder("load") as folder:
        path = folder / "load.sqlite"
        observe(options, path)
        good = report(options, path)
    print("as it should be" if good else "NOT as it should be")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
