"""What looking does to connections that come and go, at 100,000 sockets that stand still.

One process opens and closes connections as fast as it can, for some seconds in turn: with nobody
looking, with a raw dump each second, with the raw reader of events, and with the recorder. The
figure is connections a second; each is held against its own round's with nobody looking.
"""

import contextlib
import statistics
import time

import bench
from result import Result

SOCKETS = 100_000
BAR = 0.95
SECONDS = 4


@contextlib.contextmanager
def nobody(_):
    yield


@contextlib.contextmanager
def raw_dump(_):
    words = [bench.PROGRAMS / "raw-dump", "--rounds", SECONDS + 3, "--interval-ms", 1000]
    with bench.running(words, stdout=bench.subprocess.DEVNULL):
        time.sleep(0.5)
        yield


@contextlib.contextmanager
def reader(_):
    with bench.event_reader():
        yield


def recorder(capture):
    @contextlib.contextmanager
    def record(path):
        with bench.recording(path / "churn.sqlite", "--capture", capture, "--event-budget", "off"):
            time.sleep(3)
            yield
    return record


WATCHERS = {"nobody": nobody, "raw dump each second": raw_dump, "C reader of events": reader,
            "socktape, dumps": recorder("dumps"), "socktape": recorder("dumps+events")}


def run(form):
    rates = {name: [] for name in WATCHERS}
    loud = 0
    for _ in range(min(5, form.rounds)):
        for name, watcher in WATCHERS.items():
            loud += not bench.await_quiet()
            # A namespace a turn: each begins without a TIME-WAIT.
            with bench.own_namespace("churn"), bench.folder("churn") as path, \
                    bench.still_table(SOCKETS), watcher(path):
                load = bench.churn(rate=0, seconds=SECONDS, life_us=0)
            rates[name].append(load["connections"] / load["seconds"])
    off = rates["nobody"]
    shares = {name: statistics.median(r / o for r, o in zip(found, off))
              for name, found in rates.items()}
    results = []
    for name, found in rates.items():
        if name == "nobody":
            continue
        own = name.startswith("socktape")
        results.append(Result(
            "churn", name, f"churn at 100,000 sockets, {name}", "a second", found, "nobody looks",
            off, told_ratio=shares[name], better="more", bar=BAR if own else None,
            note=f"others used the processors in {loud} turns" if own and loud else ""))
    return results
