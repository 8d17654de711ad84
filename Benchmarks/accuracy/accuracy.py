#!/usr/bin/env python3
"""How much of short connections socktape and its neighbours see, and how well they time it.

The truth generator opens connections of some milliseconds in a network namespace of its own, a
third each closed by the client, by the server and by a reset, while all tools look on at once:
socktape with each --capture, `ss -E` of iproute2, and tcplife of libbpf-tools. bcc's own tcplife
is tried. What each tells is compared with the truth, both ends of each connection apart. Needs
root; the tools are Debian's iproute2, libbpf-tools and bpfcc-tools.

    swift build -c release
    sudo Benchmarks/accuracy/accuracy.py [--count N] [--rate PER_SECOND]
"""

import argparse
import collections
import datetime
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import bench  # noqa: E402

CAPTURES = ["dumps+events", "dumps+closes", "dumps"]
TCPLIFE = """mountpoint -q /sys/kernel/tracing || mount -t tracefs nodev /sys/kernel/tracing
exec stdbuf -oL tcplife -w"""

# One end of a connection as a tool tells it: when it closed (µs of the wall clock) and how long it
# lived (ms); None where the tool does not tell.
End = collections.namedtuple("End", "closed lifetime")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--lifetime-ms", type=int, default=5)
    return parser.parse_args()


def truth_of(rows):
    """Both ends of each connection: (4-tuple, closed, lifetime), in the order of time."""
    ends = []
    for row in rows:
        client = (row["client_address"], int(row["client_port"]))
        server = (row["server_address"], int(row["server_port"]))
        opened = middle(row, "connect")
        both = row["name"].endswith("reset")
        for role, key in (("client", client + server), ("server", server + client)):
            first = both or row["closer"] == role
            begin = int(row["first_close_before_us" if first else "second_close_before_us"])
            closed = (begin + int(row["ended_after_us"])) / 2
            ends.append((key, closed, (closed - opened) / 1000))
    return sorted(ends, key=lambda end: end[1])


def middle(row, name):
    return (int(row[f"{name}_before_us"]) + int(row[f"{name}_after_us"])) / 2


def socktape_ends(path):
    """What a recording tells."""
    sql = """SELECT c.local_address, c.local_port, c.peer_address, c.peer_port, c.closed_us, l.lifetime_s
             FROM connections AS c LEFT JOIN lifetimes AS l USING (connection_id)
             ORDER BY c.connection_id"""
    ends = collections.defaultdict(list)
    for *key, closed, lifetime in bench.ask(path, sql):
        ends[tuple(key)].append(End(closed, None if lifetime is None else lifetime * 1000))
    return ends


def ss_ends(lines):
    """What `ss -E` printed, with the moment at which each line came."""
    ends = collections.defaultdict(list)
    for moment, line in lines:
        words = line.split()
        if len(words) < 5 or words[4].endswith(":*") and words[3].endswith(":*"):
            continue
        ends[place(words[3]) + place(words[4])].append(End(moment, None))
    return ends


def place(text):
    address, port = text.rsplit(":", 1)
    return (address.strip("[]"), int(port) if port.isdigit() else 0)


def tcplife_ends(text):
    """What tcplife printed: PID COMM LADDR LPORT RADDR RPORT TX_KB RX_KB MS."""
    ends = collections.defaultdict(list)
    for line in text.splitlines():
        words = line.split()
        if len(words) < 9 or not words[-1].replace(".", "").isdigit():
            continue
        local, lport, remote, rport, _, _, lifetime = words[-7:]
        ends[(local, int(lport), remote, int(rport))].append(End(None, float(lifetime)))
    return ends


def compare(name, truth, ends):
    """A row of the table: what was found, what was doubled, and how far from the truth."""
    wanted = collections.Counter(key for key, _, _ in truth)
    doubled = sum(max(0, len(found) - wanted[key]) for key, found in ends.items() if key in wanted)
    seen, closes, lives = 0, [], []
    for key, closed, lifetime in truth:
        end = nearest(ends.get(key, []), closed)
        if end is None:
            continue
        seen += 1
        if end.closed is not None:
            closes.append(abs(end.closed - closed) / 1000)
        if end.lifetime is not None:
            lives.append(abs(end.lifetime - lifetime))
    share = f"{100 * seen / len(truth):.2f} %"
    return [name, f"{seen:,}", share, doubled, *spread(closes), *spread(lives)]


def nearest(ends, closed):
    """Takes out the end of a 4-tuple that is nearest in time: ports come back within seconds."""
    near = [end for end in ends if end.closed is None or abs(end.closed - closed) < 1_500_000]
    if not near:
        return None
    end = min(near, key=lambda end: 0 if end.closed is None else abs(end.closed - closed))
    ends.remove(end)
    return end


def spread(errors):
    if not errors:
        return ["not told", "not told"]
    errors.sort()
    return [f"{statistics.median(errors):.3f} ms", f"{errors[len(errors) * 99 // 100]:.3f} ms"]


def listen(process, lines):
    """Notes the moment at which each line comes."""
    for line in process.stdout:
        lines.append((time.clock_gettime_ns(time.CLOCK_REALTIME) // 1000, line))


def try_bcc():
    """What bcc's tcplife says here: it compiles against the running kernel's headers."""
    if not shutil.which("tcplife-bpfcc"):
        return "not installed"
    try:
        result = subprocess.run(
            ["tcplife-bpfcc"], capture_output=True, text=True, timeout=10)
    except subprocess.TimeoutExpired:
        return "runs"
    return "\n".join(line for line in result.stderr.splitlines() if line.strip())


def run_socktape(options, path, capture):
    """Records one run of its own: several recorders at once would disturb each other."""
    db = path / f"{capture}.sqlite"
    with bench.recording(db, "--interval", "1s", "--capture", capture, log=path / capture):
        truth = truth_of(run_generator(options))
        time.sleep(1.5)
    return compare(f"`socktape record --capture {capture}`", truth, socktape_ends(db))


def run_ss(options, path):
    lines = []
    command = ["stdbuf", "-oL", "ss", "-E", "-t", "-n", "-H"]
    with bench.running(command, stdout=subprocess.PIPE, text=True) as process:
        reader = threading.Thread(target=listen, args=(process, lines))
        reader.start()
        time.sleep(0.5)
        truth = truth_of(run_generator(options))
        time.sleep(1)
    reader.join()
    return compare("`ss -E` (iproute2)", truth, ss_ends(lines))


def run_tcplife(options, path):
    output = path / "tcplife"
    with open(output, "w") as file:
        command = ["unshare", "-m", "sh", "-c", TCPLIFE]
        with bench.running(command, stop=signal.SIGINT, stdout=file, stderr=file):
            time.sleep(2)
            truth = truth_of(run_generator(options))
            time.sleep(1)
    return compare("`tcplife` (libbpf-tools)", truth, tcplife_ends(output.read_text()))


def run_generator(options):
    return bench.generate(
        "rapid", "--count", options.count, "--rate", options.rate, "--lifetime-ms",
        options.lifetime_ms)


def main():
    options = arguments()
    bench.root()
    today = datetime.date.today()
    print(f"{options.count:,} connections of {options.lifetime_ms} ms, {options.rate:,} a second,")
    print(f"{2 * options.count:,} ends; {today}\n")
    rows = []
    with bench.own_namespace("accuracy"), bench.folder("accuracy") as path:
        for capture in CAPTURES:
            rows.append(run_socktape(options, path, capture))
        rows.append(run_ss(options, path))
        if shutil.which("tcplife"):
            rows.append(run_tcplife(options, path))
    heads = ["Tool", "Ends seen", "Share", "Told twice", "Close, median error", "99 %",
             "Lifetime, median error", "99 %"]
    bench.table(heads, rows)
    print("\nbcc's own tcplife (bpfcc-tools) says here:\n")
    print("\n".join("    " + line for line in try_bcc().splitlines()))


if __name__ == "__main__":
    main()
