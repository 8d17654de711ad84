"""What the benchmarks share: a network namespace of their own, a recorder, the truth generator."""

import contextlib
import csv
import ctypes
import io
import os
import pathlib
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLONE_NEWNET = 0x40000000


def product(name):
    """A program built for release, else for debugging."""
    for mode in ("release", "debug"):
        path = ROOT / ".build" / mode / name
        if path.exists():
            return path
    sys.exit(f"no {name}; build it: swift build -c release --product {name}")


@contextlib.contextmanager
def own_namespace(name):
    """Moves this process, and what it starts, into a network namespace of its own."""
    name = f"{name}-{secrets.token_hex(4)}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{name}") as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "cannot enter the namespace")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)


@contextlib.contextmanager
def folder(name):
    """A temporary folder that any user may enter."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as path:
        os.chmod(path, 0o755)
        yield pathlib.Path(path)


@contextlib.contextmanager
def running(command, stop=signal.SIGTERM, **options):
    """A process that is told to end, and waited for."""
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
        process.wait(timeout=60)


@contextlib.contextmanager
def recording(path, *words, log=None):
    """A recorder at work on a file; whole when the context ends."""
    command = [product("socktape"), "record", "--db", path, "--duration", "1h", *words]
    errors = open(log, "w") if log else subprocess.DEVNULL
    with running(command, stdout=subprocess.DEVNULL, stderr=errors) as process:
        for _ in range(200):
            with contextlib.suppress(sqlite3.Error):
                if ask(path, "SELECT count(*) FROM samples")[0][0] > 0:
                    break
            if process.poll() is not None:
                sys.exit(f"the recorder ended with {process.returncode}: {log}")
            time.sleep(0.05)
        yield process


def ask(path, sql, *values):
    """Rows of a recording."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.execute("PRAGMA busy_timeout = 5000")
        return database.execute(sql, values).fetchall()


def generate(*words):
    """Runs the truth generator to its end; its rows."""
    command = [product("TruthGenerator"), *map(str, words)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(io.StringIO(text)))


def counters(*names):
    """Counters of this network namespace, from /proc/net/snmp and netstat."""
    found = {}
    for path in ("/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"):
        lines = pathlib.Path(path).read_text().splitlines()
        for heads, values in zip(lines[::2], lines[1::2]):
            found.update(zip(heads.split()[1:], map(int, values.split()[1:])))
    return [found[name] for name in names]


def table(heads, rows):
    """A table in Markdown."""
    print("| " + " | ".join(heads) + " |")
    print("| " + " | ".join("---" for _ in heads) + " |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def root():
    """Ends the program unless it may make namespaces."""
    if os.geteuid() != 0:
        print("this needs root; try sudo", file=sys.stderr)
        sys.exit(77)
