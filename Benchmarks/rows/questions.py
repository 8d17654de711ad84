"""How long questions to a large recording take, from the start of the program to its end.

The recording is made by SyntheticRecording, or given by --recording. `at` is asked for five moments
spread over it.
"""

import bench
import synthetic
from result import Result, missing

AT_MS, STATES_MS, LIFETIMES_S = 50, 100, 2


def moments(path):
    begun, ended = bench.ask(
        path, "SELECT min(sampled_us), max(sampled_us) FROM samples")[0]
    return [f"{(begun + (ended - begun) * part // 6) / 1e6:.6f}" for part in range(1, 6)]


def run(form):
    path, lack = synthetic.recording(form)
    if lack:
        return [missing("questions", "questions to a large recording", lack)]
    count = bench.ask(path, "SELECT max(connection_id) FROM connections")[0][0]
    own = bench.product("socktape")
    where = ["--db", path, "--format", "csv"]
    commands = {
        "at T": [[own, "at", moment, *where] for moment in moments(path)],
        "report states": [[own, "report", "states", *where]],
        "report lifetimes": [[own, "report", "lifetimes", *where]],
    }
    bars = {"at T": AT_MS, "report states": STATES_MS, "report lifetimes": LIFETIMES_S * 1000}
    results = []
    for name, choices in commands.items():
        # The first asks bring the file's pages into memory.
        for command in choices:
            bench.wall_ns(command)
        times = [bench.wall_ns(choices[turn % len(choices)]) / 1e6
                 for turn in range(max(form.rounds, len(choices)))]
        results.append(Result(
            "questions", name, f"{name}, {count:,} connections", "ms", times, bar=bars[name],
            bar_is_of="this"))
    return results
