"""What the benchmarks share: a network namespace of their own, a recorder, the truth generator."""

import contextlib
import csv
import ctypes
import io
import json
import os
import pathlib
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / ".build/bench"
PROBE = ROOT / "Sources/Probe/probe.bpf.o"
CLONE_NEWNET = 0x40000000
# A host that works for others no more than so many processors' time.
QUIET_PROCESSORS = 0.2


def product(name):
    """A program built for release, else for debugging."""
    for mode in ("release", "debug"):
        path = ROOT / ".build" / mode / name
        if path.exists():
            return path
    sys.exit(f"no {name}; build it: swift build -c release --product {name}")


def build_programs():
    """Builds the C side."""
    words = ["make", "--quiet", "-C", ROOT / "Benchmarks/c", f"BUILD={PROGRAMS}"]
    subprocess.run(words, check=True)


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
def running(command, **options):
    """A process that is told to end, and waited for."""
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@contextlib.contextmanager
def recording(path, *words, log=None):
    """A recorder at work on a file; whole when the context ends."""
    command = [product("socktape"), "record", "--db", path, "--duration", "1h", *words]
    with contextlib.ExitStack() as stack:
        errors = stack.enter_context(open(log, "w")) if log else subprocess.DEVNULL
        process = stack.enter_context(
            running(command, stdout=subprocess.DEVNULL, stderr=errors))
        for _ in range(400):
            with contextlib.suppress(sqlite3.Error):
                if ask(path, "SELECT count(*) FROM samples")[0][0] > 0:
                    break
            if process.poll() is not None:
                sys.exit(f"the recorder ended with {process.returncode}: {log}")
            time.sleep(0.05)
        else:
            sys.exit(f"the recorder took no sample in 20 s: {log}")
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


def program(name, *words):
    """Runs a program of Benchmarks/c to its end; what it prints."""
    command = [PROGRAMS / name, *map(str, words)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


@contextlib.contextmanager
def ready(name, *words):
    """A program of Benchmarks/c at work, after it said that it is ready."""
    command = [PROGRAMS / name, *map(str, words)]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout.readline() != "ready\n":
            sys.exit(f"{name} cannot begin")
        yield process


def still_table(sockets, seconds=900):
    """A table of sockets that stand still, while the context lasts."""
    return ready("still-table", "--sockets", sockets, "--seconds", seconds)


def event_reader():
    """The raw limit of events at work."""
    return ready("event-reader", PROBE)


def event_writer(path):
    """A recorder in C, without what makes a recorder."""
    return ready("event-writer", PROBE, path)


def churn(**options):
    """Connections that come and go; what the load says of itself. `life_us=0` is `--life-us 0`."""
    words = [(f"--{name.replace('_', '-')}", value) for name, value in options.items()]
    return program("churn", *[word for pair in words for word in pair])


def time_waits(count):
    """Leaves so many connections in TIME-WAIT, which last a minute."""
    made = churn(rate=0, count=count, closer="client", life_us=0, seconds=60)
    if made["connections"] != count:
        sys.exit(f"{made['connections']} of {count} TIME-WAITs could be made")


def processor_ns(pid):
    """Nanoseconds that a process has run, with all its threads, those that ended too.

    Its clock as clock_getcpuclockid(3) makes it: CPUCLOCK_SCHED of the process.
    """
    return time.clock_gettime_ns(~pid << 3 | 2)


def run_ns(command):
    """Processor time of a command that prints to nowhere, its children's too."""
    words = [str(word) for word in command]
    actions = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
               (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(shutil.which(words[0]), words, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {status}")
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


def wall_ns(command):
    """How long a command takes that prints to nowhere."""
    begun = time.monotonic_ns()
    run_ns(command)
    return time.monotonic_ns() - begun


def busy_seconds():
    """The processor time of all processors, less what they idled, from some moment on.

    The kernel counts busy time by ticks, with which a load in bundles may keep step; it counts idle
    time by the clock. So busy is what of the time was not idle, nor given to another guest.
    """
    with open("/proc/stat") as file:
        fields = [int(word) for word in file.readline().split()[1:]]
    elsewhere = (fields[3] + fields[4] + fields[7]) / os.sysconf("SC_CLK_TCK")
    return time.monotonic() * os.sysconf("SC_NPROCESSORS_ONLN") - elsewhere


def await_quiet(most_seconds=30):
    """Waits until others on this host leave its processors alone; whether they do."""
    until = time.monotonic() + most_seconds
    while True:
        begun, before = time.monotonic(), busy_seconds()
        time.sleep(0.5)
        share = (busy_seconds() - before) / (time.monotonic() - begun)
        if share < QUIET_PROCESSORS:
            return True
        if time.monotonic() > until:
            return False


def counters(*names):
    """Counters of this network namespace, from /proc/net/snmp and netstat."""
    found = {}
    for path in ("/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"):
        lines = pathlib.Path(path).read_text().splitlines()
        for heads, values in zip(lines[::2], lines[1::2]):
            found.update(zip(heads.split()[1:], map(int, values.split()[1:])))
    return [found[name] for name in names]


def memory_octets(pid, name="VmRSS"):
    """What a process holds in memory, its file's pages among it."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {name} of process {pid}")


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
