"""One dumped sample of a still table, against a raw dump and what people look with.

Each second the recorder takes a sample; in the quiet after it a raw dump and one of the peers run
once. So all meet the same table, the same caches and the same neighbours. Processor time, user and
system: of the recorder by its own clock, of the raw dump without the start of its
process, of a peer with it.
"""

import shutil
import time

import bench
from result import Result

PEERS = {
    "ss -tan": ["ss", "-tan"],
    "cat /proc/net/tcp": ["cat", "/proc/net/tcp"],
    "netstat -ant": ["netstat", "-ant"],
    "ss -tanp": ["ss", "-tanp"],
}
# What the table is, and how large; the bars are of the largest.
TABLES = [("10,000 sockets", 10_000, 0), ("50,000 TIME-WAITs", 0, 50_000),
          ("100,000 sockets", 100_000, 0)]
SHORT_TABLES = [("20,000 sockets", 20_000, 0)]
TO_RAW, TO_SS = 1.25, 0.5
# Decodes each row, looks it up, compares and keeps it.
KEEPER = "dump-keeper in C"
# A new table makes the recorder look for owners and the file grow once.
SETTLE_SECONDS = 8


class Samples:
    """A recorder, seen from outside: its samples and its processor time."""

    def __init__(self, process, path):
        self.process = process
        self.path = path

    def count(self):
        return bench.ask(self.path, "SELECT count(*) FROM samples")[0][0]

    def await_next(self):
        """Waits for the end of a sample and what follows it; its number and the time until then."""
        before = self.count()
        for _ in range(2000):
            if self.count() > before:
                break
            time.sleep(0.01)
        else:
            raise RuntimeError("the recorder takes no sample")
        time.sleep(0.15)
        return self.count(), bench.processor_ns(self.process.pid)


def compare(samples, rounds, peers):
    """Milliseconds of a sample, of a raw dump, and of each peer, by rounds."""
    found = {name: [] for name in ("sample", "raw", KEEPER, *peers)}
    number, reading = samples.await_next()
    for _ in range(rounds):
        # A peer a second: they are slow, and would run into the next sample.
        for turn in range(max(1, len(peers))):
            found["raw"].append(bench.program("raw-dump")["processor_ns"] / 1e6)
            if turn == 0:
                keeper = bench.program("dump-keeper", "--rounds", 3)
                found[KEEPER].append(keeper["processor_ns"] / 1e6)
            if peers:
                name = list(peers)[turn]
                found[name].append(bench.run_ns(peers[name]) / 1e6)
            later, now = samples.await_next()
            found["sample"].append((now - reading) / (later - number) / 1e6)
            number, reading = later, now
    return found


def expect_same_table(samples, least):
    """Refuses to compare where one sees another table."""
    raw = bench.program("raw-dump")["sockets"]
    (recorded,) = bench.ask(
        samples.path, "SELECT sockets FROM samples ORDER BY sample_id DESC LIMIT 1")[0]
    if raw != recorded or raw < least:
        raise RuntimeError(f"the raw dump shows {raw} sockets, the last sample {recorded}")


def measure(form, sockets, time_waits):
    peers = {name: words for name, words in PEERS.items() if shutil.which(words[0])}
    if form.short:
        peers = {"ss -tan": PEERS["ss -tan"]}
    elif time_waits:
        # All must be over before the first TIME-WAIT ends.
        peers = {"ss -tan": PEERS["ss -tan"], "cat /proc/net/tcp": PEERS["cat /proc/net/tcp"]}
    with bench.own_namespace("sample"), bench.folder("sample") as path, \
            bench.still_table(max(2, sockets)):
        if time_waits:
            bench.time_waits(time_waits)
        file = path / "still.sqlite"
        with bench.recording(file, "--capture", "dumps", "--interval", "1s",
                             "--dump-every", "1s") as process:
            samples = Samples(process, file)
            time.sleep(SETTLE_SECONDS)
            # Some TIME-WAITs are gone: loopback takes their ports again after a second.
            least = sockets + 0.99 * time_waits
            expect_same_table(samples, least)
            found = compare(samples, form.rounds, peers)
            expect_same_table(samples, least)
            return found


def run(form):
    results = []
    for name, sockets, time_waits in SHORT_TABLES if form.short else TABLES:
        found = measure(form, sockets, time_waits)
        is_largest = sockets >= 100_000
        for peer, times in found.items():
            if peer == "sample":
                continue
            bar = {"raw": TO_RAW, "ss -tan": TO_SS}.get(peer) if is_largest else None
            results.append(Result(
                "sample", f"{sockets + time_waits} {peer}", f"one sample of {name}", "ms",
                found["sample"], "raw dump in C" if peer == "raw" else peer, times, bar=bar))
    return results
