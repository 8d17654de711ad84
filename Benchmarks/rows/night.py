"""What a night takes to store: the recorder, `ss -tan | gzip` each second, atop and sysstat.

All look at one host at once: 10,000 sockets stand still, 100 connections come and go a second. Each
writes for the same time; what a file has at its start is taken off by a first reading. The figure
is what eight hours of it would be. atop and sysstat keep counts alone, no connection.
"""

import contextlib
import os
import shutil
import subprocess
import time

import bench
from result import Result

NIGHT_SECONDS = 8 * 3600
SOCKETS, RATE = 10_000, 100
SADC = ("/usr/lib/sysstat/sadc", "/usr/lib/sa/sadc", "/usr/lib64/sa/sadc")
SS = "while :; do ss -tan | gzip >> \"$1\"; sleep 1; done"


def peers(path):
    """Commands that write each second, and their files."""
    found = {"ss -tan | gzip each second": (["sh", "-c", SS, "sh", path / "ss.gz"], path / "ss.gz")}
    if shutil.which("atop"):
        found["atop each second"] = (["atop", "-w", path / "atop", "1"], path / "atop")
    sadc = next((name for name in SADC if os.path.exists(name)), None)
    if sadc:
        words = [sadc, "-S", "SNMP,IPV6,INT", "1", path / "sysstat"]
        found["sysstat each second"] = (words, path / "sysstat")
    return found


def recorded_octets(path):
    """What the recording has until now, its journal folded in: of a copy, pages in use."""
    copy = path.with_name("copy.sqlite")
    copy.unlink(missing_ok=True)
    command = [bench.product("socktape"), "snapshot", copy, "--db", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    octets = copy.stat().st_size
    copy.unlink()
    return octets


def run(form):
    seconds = 60
    with bench.own_namespace("night"), bench.folder("night") as path, \
            bench.still_table(SOCKETS), contextlib.ExitStack() as stack:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        churn = [bench.PROGRAMS / "churn", "--rate", RATE, "--seconds", 300, "--life-us", 50_000]
        stack.enter_context(bench.running(churn, **quiet))
        file = path / "night.sqlite"
        stack.enter_context(bench.recording(file, "--capture", "dumps+events"))
        others = peers(path)
        for words, _ in others.values():
            stack.enter_context(bench.running(words, **quiet))
        # Until TIME-WAITs of the first connections end: from then on the table keeps its size.
        time.sleep(75)
        first = {name: written.stat().st_size for name, (_, written) in others.items()}
        own = recorded_octets(file)
        begun = time.monotonic()
        time.sleep(seconds)
        own = recorded_octets(file) - own
        lasted = time.monotonic() - begun
        grown = {name: written.stat().st_size - first[name]
                 for name, (_, written) in others.items()}
    scale = NIGHT_SECONDS / lasted / 1e6
    return [Result("night", name, "stored in a night of 8 h", "MB", [own * scale], name,
                   [octets * scale], bar=1 if "gzip" in name else None)
            for name, octets in grown.items()]
