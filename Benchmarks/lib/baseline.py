"""The ratios that were good enough: the short form fails on one that got much worse."""

import csv

from result import rounded

COLUMNS = ["row", "measure", "better", "ratio"]
# Beyond what a shared machine of two processors scatters.
WORSE = 1.5


def value(result):
    """What is compared: a ratio within one run, never a time."""
    return result.ratio


def read(path):
    with path.open(newline="") as file:
        return {(row["row"], row["measure"]): row for row in csv.DictReader(file)}


def write(path, results):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for result in results:
            if value(result):
                writer.writerow(
                    [result.row, result.measure, result.better, rounded(value(result))])


def complaints(path, results, rows):
    """What got worse than it may, and what is not measured any more."""
    known = read(path)
    found = {(result.row, result.measure): value(result) for result in results}
    said = []
    for key, row in known.items():
        if row["row"] not in rows:
            continue
        before, now = float(row["ratio"]), found.get(key)
        if now is None:
            said.append(f"{row['row']}, {row['measure']}: not measured")
        elif (now / before if row["better"] == "less" else before / now if now else WORSE + 1) \
                > WORSE:
            said.append(f"{row['row']}, {row['measure']}: {now:.3g}x, the baseline has "
                        f"{before:.3g}x, more than {WORSE} times better")
    return said
