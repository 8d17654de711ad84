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
    """Makes these ratios the baseline of their rows; those of other rows stay."""
    measured = {result.row for result in results}
    lines = [row for row in read(path).values() if row["row"] not in measured] \
        if path.exists() else []
    for result in results:
        if value(result):
            cells = [result.row, result.measure, result.better, rounded(value(result))]
            lines.append(dict(zip(COLUMNS, cells)))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(lines, key=lambda line: (line["row"], line["measure"])))


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
