#!/usr/bin/env python3
"""Real servers as witnesses: each counts its own connections, and the recording must have as many.

nginx (stub_status' accepts) under wrk without keep-alive, redis (total_connections_received) under
`redis-benchmark -k 0`, PostgreSQL (its log of connections received) under `pgbench -C`: Debian's
packages nginx, wrk, redis-server, redis-tools and postgresql, each started here with a port and a
folder of its own in a network namespace of its own. Needs root.

    swift build -c release
    sudo Benchmarks/witness/witness.py [--seconds S] [--capture dumps+events]

Exit status: 0 when at least 99.9 % of what each server counted is recorded, and never more; else 1.
"""

import argparse
import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import bench  # noqa: E402

NGINX, REDIS, POSTGRES = 18080, 16379, 15432
NGINX_CONFIG = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
user root;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /status {{ stub_status; }}
    location / {{ return 200 "ok"; }}
  }}
}}
"""
RECORDED = """SELECT count(*) FROM connections WHERE role = 'server' AND local_port = ?
              AND opened_max_us IS NOT NULL"""

SOURCES = """SELECT source, (until_us - from_us) / 1e6, events, lost, reason FROM sources
             ORDER BY from_us"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=10, help="of load for each server")
    parser.add_argument("--capture", default="dumps+events")
    parser.add_argument("--event-budget", default="off", help="what events may cost, such as 5%%")
    return parser.parse_args()


def quiet(*words, **options):
    """Runs a command to its end; gives its output."""
    return subprocess.run([str(word) for word in words], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options).stdout


def until(what, condition):
    """Waits for a server."""
    for _ in range(200):
        with contextlib.suppress(Exception):
            if condition():
                return
        time.sleep(0.05)
    sys.exit(f"{what} did not start")


def nginx(folder, seconds):
    """wrk without keep-alive; the count includes the question for it."""
    config = folder / "nginx.conf"
    config.write_text(NGINX_CONFIG.format(folder=folder, port=NGINX))
    url = f"http://127.0.0.1:{NGINX}"
    with bench.running([shutil.which("nginx") or "/usr/sbin/nginx", "-c", config,
                        "-p", folder], stderr=subprocess.DEVNULL):
        until("nginx", lambda: (folder / "pid").read_text().strip())
        time.sleep(0.3)
        load = quiet("wrk", "-t", 2, "-c", 50, "-d", f"{seconds}s", "-H", "Connection: close",
                     url + "/")
        time.sleep(1)
        status = urllib.request.urlopen(url + "/status").read().decode()
        time.sleep(0.3)
    rate = re.search(r"Requests/sec: *([0-9.]+)", load)
    accepts = int(re.search(r"requests\s+(\d+) \d+ \d+", status).group(1))
    return accepts, f"{float(rate.group(1)):,.0f} requests/s"


def redis(folder, seconds):
    """redis-benchmark with a connection a request."""
    ask = ["redis-cli", "-h", "127.0.0.1", "-p", REDIS]
    with bench.running(["redis-server", "--port", REDIS, "--bind", "127.0.0.1", "--dir", folder,
                        "--save", "", "--appendonly", "no", "--daemonize", "no"],
                       stdout=subprocess.DEVNULL):
        until("redis", lambda: "PONG" in quiet(*ask, "ping"))
        load = quiet("redis-benchmark", "-h", "127.0.0.1", "-p", REDIS, "-k", 0, "-c", 50, "-n",
                     3000 * seconds, "-t", "ping_mbulk", "-q")
        time.sleep(0.5)
        info = quiet(*ask, "info", "stats")
        time.sleep(0.3)
    rate = re.findall(r"([0-9.]+) requests per second", load)
    count = int(re.search(r"total_connections_received:(\d+)", info).group(1))
    return count, f"{float(rate[-1]):,.0f} requests/s"


def postgres(folder, seconds):
    """pgbench with a connection a transaction; the server logs each that it receives."""
    home = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    shutil.chown(folder, "postgres", "postgres")
    quiet(*user, home / "initdb", "-D", data, "-A", "trust", cwd="/")
    settings = ["-c", "log_connections=on", "-c", f"unix_socket_directories={folder}", "-c",
                "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    where = ["-h", "127.0.0.1", "-p", str(POSTGRES), "-U", "postgres"]
    with open(folder / "log", "w") as log:
        with bench.running([*user, home / "postgres", "-D", data, "-p", POSTGRES, *settings],
                           stdout=log, stderr=log, cwd="/"):
            until("PostgreSQL", lambda: quiet(home / "pg_isready", *where))
            quiet(home / "pgbench", *where, "-i", "-q", "postgres", cwd="/")
            load = quiet(home / "pgbench", *where, "-C", "-S", "-c", 4, "-j", 2, "-T", seconds,
                         "postgres", cwd="/")
            time.sleep(0.5)
    rate = re.search(r"tps = ([0-9.]+)", load)
    received = (folder / "log").read_text().count("connection received: host=127.0.0.1")
    return received, f"{float(rate.group(1)):,.0f} transactions/s"


def main():
    options = arguments()
    bench.root()
    witnesses = [
        ("nginx, stub_status' accepts; `wrk` without keep-alive", nginx, NGINX),
        ("redis, total_connections_received; `redis-benchmark -k 0`", redis, REDIS),
        ("PostgreSQL, connections received; `pgbench -C`", postgres, POSTGRES),
    ]
    counted = []
    with bench.folder("witness") as folder, bench.own_namespace("witness"):
        path = folder / "recording.sqlite"
        with bench.recording(path, "--interval", "1s", "--capture", options.capture,
                             "--event-budget", options.event_budget, log=folder / "log"):
            for name, run, port in witnesses:
                own = folder / run.__name__
                own.mkdir(mode=0o755)
                counted.append((name, port, *run(own, options.seconds)))
            time.sleep(1.5)
        rows, good = [], True
        for name, port, count, rate in counted:
            recorded = bench.ask(path, RECORDED, port)[0][0]
            good &= count * 0.999 <= recorded <= count
            rows.append([name, rate, f"{count:,}", f"{recorded:,}",
                         f"{100 * recorded / max(1, count):.3f} %"])
        told = bench.ask(path, SOURCES)
    bench.table(["Server and its own count", "Load", "Counted", "Recorded", "Share"], rows)
    for source, seconds, events, lost, reason in told:
        print(f"{source}: {seconds:.1f} s, {events or 0:,} events, {lost or 0:,} lost {reason or ''}")
    print("as it should be" if good else "NOT as it should be")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
