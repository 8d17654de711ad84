"""What the host's processors work for a connection, with nobody listening and with each listener.

A fixed rate of loopback connections in a network namespace of its own, made anew for each turn, so
that each begins without a TIME-WAIT. Busy time of /proc/stat by connections. A loopback connection
has both its ends here: for the recorder it is two. Listeners take turns within a round.
"""

import contextlib
import shutil
import signal
import statistics
import subprocess
import time

import bench
from result import Result

BAR = 1.15
RATE = 6000


@contextlib.contextmanager
def nobody(_):
    time.sleep(0.5)
    yield


@contextlib.contextmanager
def reader(_):
    with bench.event_reader():
        time.sleep(0.5)
        yield


@contextlib.contextmanager
def recorder(path):
    with bench.recording(path / "recording.sqlite", "--capture", "dumps+events", "--event-budget",
                         "off"):
        time.sleep(1)
        yield


@contextlib.contextmanager
def source(path):
    """The recorder's own source of events alone, as a program of the tests."""
    listener = bench.ROOT / ".build/release/EventListener"
    with bench.running([listener], stop=signal.SIGINT, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL):
        time.sleep(1)
        yield


@contextlib.contextmanager
def perf(path):
    words = ["perf", "record", "-q", "-e", "sock:inet_sock_set_state", "-a", "-o", path / "perf"]
    with bench.running(words, stop=signal.SIGINT, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL) as process:
        time.sleep(1)
        if process.poll() is not None:
            raise RuntimeError("perf ended at once")
        yield


def listeners(form):
    found = {"nobody": nobody, "C reader": reader, "socktape": recorder}
    if not form.short and (bench.ROOT / ".build/release/EventListener").exists():
        found["EventListener"] = source
    if not form.short and shutil.which("perf"):
        found["perf record"] = perf
    return found


def turn(listener, seconds):
    """Microseconds of all processors a connection."""
    with bench.own_namespace("connection"), bench.folder("connection") as path, listener(path):
        before = bench.busy_seconds()
        load = bench.churn(rate=RATE, seconds=seconds, life_us=2000)
        # What is drained, joined and written late belongs to it too.
        time.sleep(1.5)
        spent = bench.busy_seconds() - before
    if load["failures"] or load["connections"] < 0.97 * RATE * seconds:
        raise RuntimeError(f"the load fell behind: {load}")
    return spent * 1e6 / load["connections"]


def run(form):
    names = listeners(form)
    costs = {name: [] for name in names}
    for _ in range(3 if form.short else 7):
        for name, listener in names.items():
            costs[name].append(turn(listener, 3 if form.short else 4))
    pairs = statistics.median(s / r for s, r in zip(costs["socktape"], costs["C reader"]))
    results = [Result(
        "connection", "C reader", "host's time a connection, 6,000/s", "µs", costs["socktape"],
        "C reader of the same object", costs["C reader"], told_ratio=pairs, bar=BAR)]
    for name, found in costs.items():
        if name not in ("socktape", "C reader"):
            results.append(Result(
                "connection", name, "host's time a connection, 6,000/s", "µs", costs["socktape"],
                {"nobody": "nobody listens"}.get(name, name), found))
    return results
