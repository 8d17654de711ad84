"""What the host's processors work for a connection, with nobody listening and with each listener.

A fixed rate of loopback connections in a network namespace of its own, made anew for each turn, so
that each begins without a TIME-WAIT. Two figures: all processors' busy time of /proc/stat, which
neighbours disturb, and the processor time of the load and of the listener alone: BPF programs run
on the load's time, as most of what the kernel does for loopback; what it leaves to threads of its
own is missing. A loopback connection has both its ends here: for the recorder it is two. Listeners
take turns within a round.
"""

import contextlib
import shutil
import statistics
import subprocess
import time

import bench
from result import Result

BAR = 1.15
RATE = 6000
OWN, RAW = "socktape", "C reader"


@contextlib.contextmanager
def nobody(_):
    yield None


@contextlib.contextmanager
def reader(_):
    with bench.event_reader() as process:
        yield process


@contextlib.contextmanager
def writer(path):
    with bench.event_writer(path / "events.sqlite") as process:
        yield process


@contextlib.contextmanager
def recorder(path):
    with bench.recording(path / "recording.sqlite", "--capture", "dumps+events", "--event-budget",
                         "off") as process:
        yield process


@contextlib.contextmanager
def silent(words):
    """A listener that says nothing."""
    with bench.running(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(1)
        if process.poll() is not None:
            raise RuntimeError(f"{words[0]} ended at once")
        yield process


def listeners(form):
    found = {"nobody": nobody, RAW: reader, "C writer": writer, OWN: recorder}
    # The recorder's own source of events alone, a program of the tests.
    source = bench.ROOT / ".build/release/EventListener"
    if not form.short and source.exists():
        found["EventListener"] = lambda _: silent([source])
    if not form.short and shutil.which("perf"):
        found["perf record"] = lambda path: silent(
            ["perf", "record", "-q", "-e", "sock:inet_sock_set_state", "-a", "-o", path / "perf"])
    return found


def turn(form, listener, seconds):
    """Microseconds a connection: of all processors, of load and listener; whether it was quiet."""
    # The short form leaves the processors' busy time alone, and neighbours with it.
    quiet = form.short or bench.await_quiet()
    with bench.own_namespace("connection"), bench.folder("connection") as path, \
            listener(path) as process:
        time.sleep(1)
        before = bench.processor_ns(process.pid) if process else 0
        busy = bench.busy_seconds()
        load = bench.churn(rate=RATE, seconds=seconds, life_us=2000)
        # What is drained, joined and written late belongs to it too.
        time.sleep(1.5)
        busy = bench.busy_seconds() - busy
        spent = bench.processor_ns(process.pid) - before if process else 0
    count = load["connections"]
    if load["failures"] or count < 0.97 * RATE * seconds:
        raise RuntimeError(f"the load fell behind: {load}")
    return busy * 1e6 / count, (load["processor_ns"] + spent) / 1e3 / count, quiet


def pairs(costs, other):
    """The median of the rounds' own ratios, which a drift of the host does not move."""
    return statistics.median(own / theirs for own, theirs in zip(costs[OWN], costs[other]))


def run(form):
    names = listeners(form)
    busy = {name: [] for name in names}
    known = {name: [] for name in names}
    loud = turns = 0
    for _ in range(3 if form.short else 7):
        for name, listener in names.items():
            whole, parts, quiet = turn(form, listener, 3 if form.short else 4)
            busy[name].append(whole)
            known[name].append(parts)
            turns, loud = turns + 1, loud + (not quiet)
    texts = {"nobody": "nobody listens", RAW: "C reader of the same object",
             "C writer": "C reader that joins and writes rows"}
    note = f"others used the processors in {loud} of {turns} turns" if loud else ""
    results = []
    for what, costs, mark in (("load and listener, a connection at 6,000/s", known, "processes"),
                              ("host's time a connection, 6,000/s", busy, "host")):
        # Neighbours are in the host's time: too many for the short form.
        if form.short and mark == "host":
            continue
        for name in names:
            if name == OWN:
                continue
            results.append(Result(
                "connection", f"{mark}, {name}", what, "µs", costs[OWN], texts.get(name, name),
                costs[name], told_ratio=pairs(costs, name),
                bar=BAR if name == RAW and mark == "host" else None,
                note=note if name == RAW and mark == "host" else ""))
    return results
