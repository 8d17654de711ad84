"""The machine: what it is, what is installed on it, what this run needs."""

import os
import pathlib
import platform
import shutil
import subprocess
import sys

# A command or file, and the Debian package that has it.
NEEDED = [("ip", "iproute2"), ("gcc", "gcc"), ("make", "make"),
          ("/usr/include/bpf/libbpf.h", "libbpf-dev"), ("/usr/include/sqlite3.h", "libsqlite3-dev")]
PEERS = [("netstat", "net-tools"), ("/usr/lib/sysstat/sadc", "sysstat"), ("atop", "atop"),
         ("sqlite3", "sqlite3")]


def install(short):
    """Installs what is missing; in the short form only what it needs."""
    wanted = NEEDED if short else NEEDED + PEERS
    missing = [package for proof, package in wanted
               if not shutil.which(proof) and not os.path.exists(proof)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        sys.exit(f"cannot install {' '.join(missing)} without apt-get; install what they hold")
    print(f"installing {' '.join(missing)}", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        subprocess.run(["apt-get", *words], check=True, env=environment,
                       stdout=subprocess.DEVNULL)


def first_line(*words):
    """What a command says first, of whatever it prints to; nothing where it is missing."""
    try:
        result = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "not installed"
    return result.stdout.strip().splitlines()[0] if result.stdout.strip() else "unknown"


def facts(product):
    """Names and values that belong beside every figure."""
    processors = [line.split(":", 1)[1].strip()
                  for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")]
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1e6
    return [
        ("processors", f"{os.cpu_count()} of {processors[0] if processors else 'unknown'}"),
        ("memory", f"{memory:.0f} GB"),
        ("kernel", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("socktape", first_line(product, "--version")),
        ("ss", first_line("ss", "-V")),
        ("netstat", first_line("dpkg-query", "-W", "-f", "${Version}", "net-tools")),
        ("atop", first_line("dpkg-query", "-W", "-f", "${Version}", "atop")),
        ("sysstat", first_line("dpkg-query", "-W", "-f", "${Version}", "sysstat")),
        ("sqlite3", first_line("sqlite3", "--version").split(" ")[0]),
        ("compiler of the C side", first_line("cc", "--version")),
    ]
