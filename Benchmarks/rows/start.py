"""How long the program takes to say its version: what every command pays at its start."""

import bench
from result import Result

BAR_MS = 20


def run(form):
    rounds = 21
    program = [bench.product("socktape"), "--version"]
    own, ss = [], []
    for _ in range(rounds):
        own.append(bench.wall_ns(program) / 1e6)
        ss.append(bench.wall_ns(["ss", "-V"]) / 1e6)
    return [Result("start", "version", "start of --version", "ms", own, "ss -V", ss, bar=BAR_MS,
                   bar_is_of="this")]
