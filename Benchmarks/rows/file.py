"""Octets of the file: of a connection, of a sample, of a socket that stands still.

All tables and indexes, as the file has them after a clean end. Each figure is a difference of two
recordings of the same host that differ in one thing alone, so that what every file has at its start
cancels out. A connection is one end, as in the view `connections`. Against a bare table of the same
rows without an index, written in C.
"""

import time

import bench
from result import Result

CONNECTION_OCTETS, SAMPLE_OCTETS = 100, 200
INTERVAL = "20ms"
FEW, MANY = 200, 2000
# The pages of the file are the granule: this is a fiftieth of an octet a socket.
STILL_BAR = 1.25


def recorded(path, sockets=FEW, seconds=0.0, rate=0, churn_seconds=0):
    """The octets of a whole recording, its samples and ended connections."""
    # A namespace for each: what held the last table still has its TIME-WAITs in the old one.
    with bench.own_namespace("file"), bench.still_table(sockets), \
            bench.recording(path, "--interval", INTERVAL, "--capture", "dumps+events",
                            "--event-budget", "off"):
        time.sleep(seconds)
        if rate:
            bench.churn(rate=rate, seconds=churn_seconds, closer="mixed", life_us=20_000)
            # Until the last TIME-WAIT is over: a living connection has its row elsewhere.
            time.sleep(66)
    samples = bench.ask(path, "SELECT count(*) FROM samples")[0][0]
    ended = bench.ask(path, "SELECT count(*) FROM ended_connection")[0][0]
    return path.stat().st_size, samples, ended


def a_sample(path, form, sockets):
    """Octets of a sample."""
    # Both longer than 256 samples: what lives longer has an entry of an index, once.
    short, long = (6, 16) if form.short else (6, 36)
    first, second = [recorded(path / f"{sockets}-{seconds}.sqlite", sockets, seconds)
                     for seconds in (short, long)]
    return (second[0] - first[0]) / (second[1] - first[1])


def a_connection(path, octets_a_sample):
    """Octets of an ended connection, and those of the bare table."""
    first = recorded(path / "first.sqlite", FEW, 0, 500, 10)
    second = recorded(path / "second.sqlite", FEW, 0, 2500, 10)
    ended = second[2] - first[2]
    if ended < 30_000:
        raise RuntimeError(f"{ended} connections more are too few")
    base = bench.program("sqlite-rows", path / "second.sqlite", path / "bare.sqlite")
    octets = second[0] - first[0] - octets_a_sample * (second[1] - first[1])
    return octets / ended, base["octets_a_row"]


def run(form):
    with bench.folder("file") as path:
        few, many = (a_sample(path, form, sockets) for sockets in (FEW, MANY))
        results = [
            Result("file", "sample", "file, a sample", "bytes", [few], "allowed",
                   [SAMPLE_OCTETS], bar=1),
            Result("file", "still socket", f"file, a sample of {MANY:,} still sockets", "bytes",
                   [many], f"of {FEW} sockets", [few], bar=STILL_BAR)]
        if form.short:
            return results
        connection, bare = a_connection(path, few)
        return results + [
            Result("file", "connection", "file, a connection", "bytes", [connection], "allowed",
                   [CONNECTION_OCTETS], bar=1),
            Result("file", "bare", "file, a connection", "bytes", [connection],
                   "bare table in C", [bare])]
