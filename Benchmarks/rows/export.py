"""How fast a view becomes CSV, against `sqlite3 -csv` on the same view; the octets must be equal.

Wall time, both to a file, of a recording of a million connections or of the one that is given. Beside
it what a C program takes that steps through the same view and throws its rows away.
"""

import filecmp
import shutil
import subprocess
import time

import bench
import synthetic
from result import Result, missing

BAR = 1.3
VIEWS = ["connections", "lifetimes", "time_waits"]


def by_product(path, view, target):
    shutil.rmtree(target, ignore_errors=True)
    begun = time.monotonic()
    subprocess.run([bench.product("socktape"), "export", "--db", path, "--output", target,
                    "--view", view, "--raw"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def by_sqlite(path, view, target):
    begun = time.monotonic()
    with open(target, "wb") as file:
        # RFC 4180 ends a line by CR and LF; sqlite3 does so where it is told.
        subprocess.run(["sqlite3", "-readonly", "-header", "-csv", "-newline", "\r\n", path,
                        f"SELECT * FROM {view}"], check=True, stdout=file)
    return time.monotonic() - begun


def run(form):
    path, lack = synthetic.recording(form, min(form.connections, synthetic.MILLION))
    if lack:
        return [missing("export", "export of a view as CSV", lack)]
    results = []
    with bench.folder("export") as folder:
        for view in VIEWS:
            own, sqlite = [], []
            for _ in range(form.rounds):
                own.append(by_product(path, view, folder / "own"))
                sqlite.append(by_sqlite(path, view, folder / "sqlite.csv"))
            same = filecmp.cmp(folder / "own" / f"{view}.csv", folder / "sqlite.csv", False)
            speed = sorted(sqlite)[len(sqlite) // 2] / sorted(own)[len(own) // 2]
            results.append(Result(
                "export", view, f"export of {view}, speed", "s", own, "sqlite3 -csv", sqlite,
                told_ratio=speed if same else 0, bar=BAR, better="more",
                note="" if same else "the octets differ: the speed does not count"))
            steps = [bench.wall_ns([bench.PROGRAMS / "sqlite-steps", path, f"SELECT * FROM {view}"])
                     / 1e9 for _ in range(form.rounds)]
            results.append(Result(
                "export", f"{view} in C", f"export of {view}", "s", own,
                "its rows in C, thrown away", steps))
    return results
