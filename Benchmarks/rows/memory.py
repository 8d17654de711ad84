"""Memory: with few sockets, with 100,000, and over a million connections.

Resident memory as the kernel tells it (VmRSS and its peak VmHWM of /proc/PID/status), the program's
own pages and libraries among it. The million are closed by resets, so that no TIME-WAIT stays that
would be a living socket.
"""

import statistics
import time

import bench
from result import Result

BASE_OCTETS, SOCKET_OCTETS = 30e6, 200
FLAT = 1.05
SETTLE_SECONDS = 6


def peak(sockets):
    """The most that a recorder needs for a still table, events on."""
    with bench.own_namespace("memory"), bench.folder("memory") as path, \
            bench.still_table(sockets), \
            bench.recording(path / "memory.sqlite", "--capture", "dumps+events") as process:
        time.sleep(SETTLE_SECONDS)
        return bench.memory_octets(process.pid, "VmHWM")


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
    few = [peak(100) for _ in range(1 if form.short else 3)]
    many = [peak(sockets) for _ in range(1 if form.short else 5)]
    allowed = BASE_OCTETS + SOCKET_OCTETS * sockets
    a_socket = (statistics.median(many) - statistics.median(few)) / sockets
    results = [
        Result("memory", "few", "peak memory, 100 sockets", "MB", [n / 1e6 for n in few],
               "allowed", [BASE_OCTETS / 1e6], bar=1),
        Result("memory", "many", f"peak memory, {sockets:,} sockets", "MB",
               [n / 1e6 for n in many], "allowed", [allowed / 1e6], bar=1),
        Result("memory", "socket", "peak memory, a further socket", "bytes", [a_socket], "allowed",
               [SOCKET_OCTETS], bar=1)]
    if form.short:
        return results
    # 100,000 connections a turn; both ends of each are here. The first turns fill caches.
    found, made = over_connections(10_000, 10, 11)
    results.append(Result(
        "memory", "flat", f"memory after {made:,} connections", "MB", [found[-1] / 1e6],
        "after the first 200,000", [found[1] / 1e6], bar=FLAT))
    return results
