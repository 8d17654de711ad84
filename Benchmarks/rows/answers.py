"""How long every report, a table of the past, a difference and the findings take on a million
connections, from the start of the program to its end; those that take filters a second time, for
peers of one network. The reports are those that the program's own help names, so that none is
forgotten.
"""

import re
import subprocess

import bench
import synthetic
from result import Result, missing

BAR_MS = 1000
# The peers of about half of the connections.
FILTER = ["--peer", "192.0.0.0/16"]


def reports(own):
    text = subprocess.run([own, "report", "--help"], check=True, capture_output=True,
                          text=True).stdout
    names = re.findall(r"^  ([a-z][a-z-]*)", text.split("SUBCOMMANDS:")[1], re.MULTILINE)
    if len(names) < 8:
        raise RuntimeError(f"the help names {len(names)} reports")
    return names


def questions(own, path):
    begun, ended = bench.ask(path, "SELECT min(sampled_us), max(sampled_us) FROM samples")[0]
    first, second = (f"{(begun + (ended - begun) * part // 3) / 1e6:.6f}" for part in (1, 2))
    asked = [(f"report {name}", ["report", name]) for name in reports(own)]
    asked += [("at T", ["at", first]), ("diff T1 T2", ["diff", first, second]),
              ("findings", ["findings"])]
    for name, words in asked:
        yield name, words
        if takes_filters(own, words):
            yield f"{name} {' '.join(FILTER)}", words + FILTER


def takes_filters(own, words):
    return re.search(r"^  --peer <", subprocess.run(
        [own, *[word for word in words if word[0].isalpha()], "--help"], check=True,
        capture_output=True, text=True).stdout, re.MULTILINE) is not None


def run(form):
    path, lack = synthetic.recording(form, min(form.connections, synthetic.MILLION))
    if lack:
        return [missing("answers", "every report on a million connections", lack)]
    count = bench.ask(path, "SELECT max(connection_id) FROM connections")[0][0]
    own = bench.product("socktape")
    results = []
    for name, words in questions(own, path):
        command = [own, *words, "--db", path, "--format", "csv"]
        # The first asks bring the file's pages into memory.
        bench.wall_ns(command)
        times = [bench.wall_ns(command) / 1e6 for _ in range(form.rounds)]
        results.append(Result(
            "answers", name, f"{name}, {count:,} connections", "ms", times, bar=BAR_MS,
            bar_is_of="this"))
    return results
