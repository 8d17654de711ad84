"""How long the program takes to say its version: what every command pays at its start.

The bar is of wall time. Neighbours lengthen that, so the baseline has processor time alone.
"""

import bench
from result import Result

BAR_MS = 20
ROUNDS = 21


def run(form):
    commands = [[bench.product("socktape"), "--version"], ["ss", "-V"]]
    processor = [[], []]
    wall = [[], []]
    for _ in range(ROUNDS):
        for turn, command in enumerate(commands):
            processor[turn].append(bench.run_ns(command) / 1e6)
            wall[turn].append(bench.wall_ns(command) / 1e6)
    results = [Result("start", "processor", "start of --version, processor time", "ms",
                      processor[0], "ss -V", processor[1])]
    if not form.short:
        results.append(Result("start", "version", "start of --version", "ms", wall[0], "ss -V",
                              wall[1], bar=BAR_MS, bar_is_of="this"))
    return results
