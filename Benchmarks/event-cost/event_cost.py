#!/usr/bin/env python3
"""What listening to the kernel's TCP events costs the host, beside what perf costs.

Loopback connections at a fixed rate in a network namespace of its own; the processors' busy time
(all time less idle of /proc/stat) a connection, with nobody listening, with EventListener, and
with `perf record -e sock:inet_sock_set_state -a`, in turn. Medians over the rounds. Needs root,
and a host that is otherwise quiet.
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def busy_seconds():
    """The processor time of all processors, less what they idled, from some moment on.

    The kernel counts busy time by ticks, with which a load in bundles may keep step; it counts idle
    time by the clock. So busy is what of the time was not idle.
    """
    with open("/proc/stat") as file:
        fields = [int(word) for word in file.readline().split()[1:]]
    idle = (fields[3] + fields[4]) / os.sysconf("SC_CLK_TCK")
    return time.monotonic() * os.sysconf("SC_NPROCESSORS_ONLN") - idle


def serve(rate, seconds):
    """Opens and closes connections at a rate, in bundles of 10 ms; how many it made."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    address = listener.getsockname()
    bundle = max(1, rate // 100)
    made = 0
    start = time.monotonic()
    for turn in range(int(seconds * 100)):
        for _ in range(bundle):
            # Many addresses, so that no 4-tuple meets its own TIME_WAIT.
            client = socket.socket()
            client.bind((f"127.0.{made % 250}.{1 + made // 250 % 250}", 0))
            client.connect(address)
            server = listener.accept()[0]
            client.close()
            server.close()
            made += 1
        time.sleep(max(0, start + (turn + 1) / 100 - time.monotonic()))
    return made, time.monotonic() - start


class Listener:
    """Something that listens while the load runs."""

    def __init__(self, words):
        self.directory = tempfile.mkdtemp()
        self.process = words and subprocess.Popen(
            [word.replace("DIRECTORY", self.directory) for word in words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        if self.process and self.process.poll() is not None:
            sys.exit(f"{words[0]} ended at once")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
        shutil.rmtree(self.directory)


def measure(words, rate, seconds):
    """Processor time a connection, µs, and the rate that was reached."""
    listener = Listener(words)
    before = busy_seconds()
    made, elapsed = serve(rate, seconds)
    # What is written and drained late belongs to it too.
    time.sleep(0.2)
    spent = busy_seconds() - before
    listener.stop()
    return spent / made * 1e6, made / elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=4000, help="connections a second")
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--listener", default=os.path.join(LIBRARY, ".build/release/EventListener"))
    parser.add_argument(
        "--recorder", default=os.path.join(LIBRARY, ".build/release/socktape"))
    arguments = parser.parse_args()
    cases = {"nobody": None, "EventListener": [arguments.listener]}
    if os.path.exists(arguments.recorder):
        cases["socktape"] = [
            arguments.recorder, "record", "--db", "DIRECTORY/recording.sqlite", "--capture",
            "dumps+events", "--event-budget", "off"]
    if shutil.which("perf"):
        cases["perf record"] = [
            "perf", "record", "-q", "-e", "sock:inet_sock_set_state", "-a", "-o",
            "DIRECTORY/perf.data"]
    # The load's own namespace: a table that no other socket shares.
    if "SOCKTAPE_UNSHARED" not in os.environ:
        os.environ["SOCKTAPE_UNSHARED"] = "1"
        command = "ip link set lo up && exec \"$@\""
        os.execvp("unshare", [
            "unshare", "-n", "sh", "-c", command, "sh", sys.executable, *sys.argv])
    found = {name: [] for name in cases}
    rates = {name: [] for name in cases}
    for _ in range(arguments.rounds):
        for name, words in cases.items():
            cost, rate = measure(words, arguments.rate, arguments.seconds)
            found[name].append(cost)
            rates[name].append(rate)
    base = statistics.median(found["nobody"])
    added = {}
    for name, costs in found.items():
        middle = statistics.median(costs)
        added[name] = middle - base
        # Each measurement against its own round's, which a drift of the host does not move.
        pairs = statistics.median(c - n for c, n in zip(costs, found["nobody"]))
        print(
            f"{name:14} {middle:7.1f} µs a connection ({min(costs):.1f} to {max(costs):.1f}), "
            f"adds {added[name]:5.1f}, by rounds {pairs:5.1f}; "
            f"{statistics.median(rates[name]):.0f} connections/s")
    if added.get("perf record", 0) > 0:
        for name in ("EventListener", "socktape"):
            if name in added:
                print(f"{name} adds {added[name] / added['perf record']:.2f} of what perf adds")


if __name__ == "__main__":
    main()
