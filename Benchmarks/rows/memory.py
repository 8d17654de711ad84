"""Memory: with few sockets, with 100,000, and over a million connections.

Resident memory as the kernel tells it (VmHWM, the peak, and VmRSS, what stays, of /proc/PID/status), the
program's own pages and libraries among it. `dump-keeper` is a C program that decodes the same dump and keeps
of each socket what its row will say. The million are closed by resets, so that no TIME-WAIT stays that
would be a living socket.
"""

import statistics
import time

import bench
from result import Result

BASE_OCTETS, SOCKET_OCTETS = 30e6, 200
FLAT = 1.05
SETTLE_SECONDS = 6


def still(sockets):
    """What a recorder needs for a still table, events on: at most, and after a while; octets."""
    with bench.own_namespace("memory"), bench.folder("memory") as path, \
            bench.still_table(sockets), \
            bench.recording(path / "memory.sqlite", "--capture", "dumps+events") as process:
        time.sleep(SETTLE_SECONDS)
        return [bench.memory_octets(process.pid, name) for name in ("VmHWM", "VmRSS")]


def kept_in_c(sockets):
    """Octets that the C program holds for a socket of such a table."""
    with bench.own_namespace("memory"), bench.still_table(sockets):
        return bench.program("dump-keeper")["octets_a_socket"]


def over_connections(rate, seconds, turns):
    """Memory after each of some turns of churn, and the connections of each."""
    found, made = [], 0
    with bench.own_namespace("memory"), bench.folder("memory") as path, \
            bench.recording(path / "memory.sqlite", "--capture", "dumps+events", "--event-budget",
                            "off") as process:
        for _ in range(turns):
            made += bench.churn(rate=rate, seconds=seconds, closer="reset", processes=2)[
                "connections"]
            time.sleep(2)
            found.append(bench.memory_octets(process.pid))
    return found, made


def run(form):
    sockets = 20_000 if form.short else 100_000
    few = list(zip(*[still(100) for _ in range(1 if form.short else 3)]))
    many = list(zip(*[still(sockets) for _ in range(1 if form.short else 5)]))
    allowed = BASE_OCTETS + SOCKET_OCTETS * sockets
    results = []
    for index, (mark, name) in enumerate((("", "peak memory"), ("held ", "memory that stays"))):
        a_socket = (statistics.median(many[index]) - statistics.median(few[index])) / sockets
        results += [
            Result("memory", f"{mark}few", f"{name}, 100 sockets", "MB",
                   [n / 1e6 for n in few[index]], "allowed", [BASE_OCTETS / 1e6], bar=1),
            Result("memory", f"{mark}many", f"{name}, {sockets:,} sockets", "MB",
                   [n / 1e6 for n in many[index]], "allowed", [allowed / 1e6], bar=1),
            Result("memory", f"{mark}socket", f"{name}, a further socket", "bytes", [a_socket],
                   "allowed", [SOCKET_OCTETS], bar=1)]
    if form.short:
        return results
    results.append(Result("memory", "in C", results[-1].what, "bytes", results[-1].this,
                          "dump-keeper in C", [kept_in_c(sockets)]))
    # 100,000 connections a turn; both ends of each are here. The first turns fill caches.
    found, made = over_connections(10_000, 10, 11)
    results.append(Result(
        "memory", "flat", f"memory after {made:,} connections", "MB", [found[-1] / 1e6],
        "after the first 200,000", [found[1] / 1e6], bar=FLAT))
    return results
