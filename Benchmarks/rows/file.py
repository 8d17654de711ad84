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
INTERVAL = "100ms"


def recorded(path, sockets=200, seconds=0.0, rate=0, churn_seconds=0):
    """The octets of a whole recording, its samples and ended connections."""
    with bench.still_table(sockets), \
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


def still(path, form):
    """Octets of a sample, and of a still socket at a sample."""
    short, long = (2, 12) if form.short else (5, 45)
    few = [recorded(path / f"few-{s}.sqlite", 200, s) for s in (short, long)]
    many = [recorded(path / f"many-{s}.sqlite", 10_000, s) for s in (short, long)]
    grown = [(b[0] - a[0], b[1] - a[1]) for a, b in (few, many)]
    a_sample = grown[0][0] / grown[0][1]
    a_socket = (grown[1][0] / grown[1][1] - a_sample) / (10_000 - 200)
    return a_sample, a_socket


def connections(path):
    """Octets of an ended connection, and those of the bare table."""
    samples = recorded(path / "none.sqlite", 200, 70)
    first = recorded(path / "first.sqlite", 200, 0, 500, 10)
    second = recorded(path / "second.sqlite", 200, 0, 2500, 10)
    if second[2] - first[2] < 30_000:
        raise RuntimeError(f"{second[2] - first[2]} connections more are too few")
    base = bench.program("sqlite-rows", path / "second.sqlite", path / "bare.sqlite")
    # The same length of recording: what samples add is the same in both, but for a few.
    a_sample = samples[0] / samples[1]
    octets = second[0] - first[0] - a_sample * (second[1] - first[1])
    return octets / (second[2] - first[2]), base["octets_a_row"]


def run(form):
    with bench.own_namespace("file"), bench.folder("file") as path:
        a_sample, a_socket = still(path, form)
        results = [
            Result("file", "sample", "file, a sample", "bytes", [a_sample], "allowed",
                   [SAMPLE_OCTETS], bar=1),
            # Two hundredths of an octet are the pages' granule over these samples.
            Result("file", "still socket", "file, a still socket at a sample", "bytes",
                   [max(0, round(a_socket, 3))], "allowed: none", bar=0.02, bar_is_of="this")]
        if not form.short:
            a_connection, bare = connections(path)
            results.append(Result(
                "file", "connection", "file, a connection", "bytes", [a_connection], "allowed",
                [CONNECTION_OCTETS], bar=1))
            results.append(Result(
                "file", "bare", "file, a connection", "bytes", [a_connection],
                "bare table in C", [bare]))
    return results
