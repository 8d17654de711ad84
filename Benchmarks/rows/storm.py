"""How many connections a second are recorded whole, on the processors that also make them.

Shedding off. What was recorded is held against the kernel's own counters, by the recording's view
`coverage`; what was lost by the view `sources`. Benchmarks/storm/storm.py tells more of such a
recording.
"""

import time

import bench
from result import Result

BAR_RATE, BAR_COVERAGE = 20_000, 0.999
COVERAGE = """SELECT sum(active_kernel), sum(active_recorded), sum(passive_kernel),
       sum(passive_recorded) FROM coverage"""


def storm(path, rate, seconds):
    """The rate reached, the lesser share of both directions, events lost, the recorder's time."""
    with bench.own_namespace("storm"), \
            bench.recording(path, "--capture", "dumps+events", "--event-budget", "off") as process:
        before = bench.processor_ns(process.pid)
        load = bench.churn(rate=rate, seconds=seconds, processes=2)
        time.sleep(3)
        spent = bench.processor_ns(process.pid) - before
    active, active_seen, passive, passive_seen = bench.ask(path, COVERAGE)[0]
    if not active or active_seen > active or passive_seen > passive:
        raise RuntimeError("the recording has more connections than the kernel counted, or none")
    lost = bench.ask(path, "SELECT coalesce(sum(lost), 0) FROM sources")[0][0]
    share = min(active_seen / active, passive_seen / passive)
    return load["connections"] / load["seconds"], share, lost, \
        spent / 1e3 / load["connections"]


def run(form):
    rates, shares, losses, costs = [], [], [], []
    with bench.folder("storm") as folder:
        for round_number in range(form.rounds):
            bench.await_quiet()
            path = folder / f"{round_number}.sqlite"
            rate, share, lost, cost = storm(path, BAR_RATE, 10)
            # Only what was recorded without loss counts.
            rates.append(rate if share >= BAR_COVERAGE and not lost else 0)
            shares.append(share)
            losses.append(lost)
            costs.append(cost)
        bare = bench.program("sqlite-rows", path, folder / "bare.sqlite")
    # The load makes up at the end what it missed between: it may stay under its rate by a little.
    whole = sum(rate > 0 for rate in rates)
    note = f"{whole} of {form.rounds} rounds whole; least coverage {100 * min(shares):.3f} %, " \
        f"most events lost {max(losses):,}"
    return [
        Result("storm", "rate", "connections recorded without loss", "a second", rates,
               "the load's rate", [BAR_RATE], bar=0.995, better="more", note=note),
        Result("storm", "processor", "recorder's time a connection, both ends", "µs", costs,
               "two bare rows in C", [2 * bare["processor_ns_a_row"] / 1e3])]
