"""What the recorder takes of one processor where 100,000 sockets stand still and a few come and go.

Events on, a sample and its counts of states each second. Its share is processor time by wall time,
the source of events in the kernel not counted: that is part of the row `connection`. Against a raw
dump each second, which is the least that a dump each second can take.
"""

import time

import bench
from result import Result

BAR_PERCENT = 2
CHURN_RATE = 10
# The first dumps and the search for the owners of all weigh more than what follows.
SETTLE_SECONDS = 75


def share(process, seconds):
    """Percent of one processor during some seconds."""
    begun, before = time.monotonic(), bench.processor_ns(process.pid)
    time.sleep(seconds)
    spent = bench.processor_ns(process.pid) - before
    return spent / 1e7 / (time.monotonic() - begun)


def rounds_of(form, process, seconds):
    recorder, raw = [], []
    for _ in range(form.rounds):
        recorder.append(share(process, seconds))
        raw.append(bench.program("raw-dump", "--rounds", 5, "--interval-ms", 200)["processor_ns"]
                   / 1e7)
    return recorder, raw


def run(form):
    sockets, seconds = 100_000, 10
    churn = [bench.PROGRAMS / "churn", "--rate", CHURN_RATE, "--seconds", 600, "--life-us", 500_000]
    with bench.own_namespace("steady"), bench.folder("steady") as path, \
            bench.still_table(sockets):
        file = path / "steady.sqlite"
        with bench.recording(file, "--capture", "dumps+events", "--interval", "1s") as process, \
                bench.running(churn, stdout=bench.subprocess.DEVNULL):
            time.sleep(SETTLE_SECONDS)
            begun = time.time()
            recorder, raw = rounds_of(form, process, seconds)
            lasted = time.time() - begun
        counted = bench.ask(file, """SELECT count(*) FROM state_counts
            WHERE sampled_us >= ? AND sampled_us <= ? AND total >= ?""",
            begun * 1e6, (begun + lasted) * 1e6, sockets)[0][0]
    if counted < 0.9 * lasted:
        raise RuntimeError(f"only {counted} counts of states in {lasted:.0f} s")
    return [Result(
        "steady", "share", "steady cost, 100,000 sockets, events on", "% of a processor",
        recorder, "raw dump each second", raw, bar=BAR_PERCENT, bar_is_of="this")]
