"""How long questions to a large recording take, from the start of the program to its end.

The recording is made by SyntheticRecording, or given by --recording. `at` is asked for five moments
spread over it. Beside it what a C program takes that steps through the rows that the answer cannot do
without, and throws them away: of a table the packed rows of its sockets, of lifetimes one moment and
one length of each connection.
"""

import bench
import synthetic
from result import Result, missing

AT_MS, STATES_MS, LIFETIMES_S = 50, 100, 2

# Every connection's time and length, as stored.
LIVES = "SELECT at, opened, closed, facts FROM ended_connection"


def table(moment):
    """The sockets of one sample, found as the view finds short lives, and long ones."""
    sample = (f"(SELECT sample_id FROM sample WHERE sampled_us <= {float(moment) * 1e6:.0f} "
              "ORDER BY sampled_us DESC LIMIT 1)")
    columns = "c.connection_id, c.side_id, c.facts, c.port, a.address"
    short = (f"SELECT {columns} FROM ended_connection AS c NOT INDEXED CROSS JOIN address AS a "
             "ON a.address_id = c.peer_address_id WHERE c.connection_id >= (SELECT "
             f"next_connection_id FROM sample WHERE sample_id = {sample} - 161) "
             "AND c.connection_id < (SELECT next_connection_id FROM sample WHERE sample_id = "
             f"{sample}) AND c.first_sample + c.held >= {sample} "
             f"AND c.first_sample <= {sample} AND c.held <= 96")
    long = (f"SELECT {columns} FROM ended_connection AS c INDEXED BY ended_connection_long "
            "CROSS JOIN address AS a ON a.address_id = c.peer_address_id WHERE c.first_sample + "
            f"c.held >= {sample} AND c.held > 96 AND c.first_sample <= {sample}")
    return [short, long]


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
    raw = {"at T": table(moments(path)[2]), "report lifetimes": [LIVES]}
    results = []
    for name, choices in commands.items():
        # The first asks bring the file's pages into memory.
        for command in choices:
            bench.wall_ns(command)
        times = [bench.wall_ns(choices[turn % len(choices)]) / 1e6
                 for turn in range(form.rounds * len(choices))]
        steps = [bench.wall_ns([bench.PROGRAMS / "sqlite-steps", path, *raw[name]]) / 1e6
                 for _ in range(form.rounds)] if name in raw else []
        beside = {"against_name": "its rows in C", "against": steps} if steps else {}
        results.append(Result(
            "questions", name, f"{name}, {count:,} connections", "ms", times, bar=bars[name],
            bar_is_of="this", **beside))
    return results
