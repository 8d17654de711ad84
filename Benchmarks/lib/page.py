"""The figures in docs/benchmarks.md, from the files in Benchmarks/results."""

import csv

from result import shown

BEGIN, END = "<!-- figures: scripts/bench --page writes them -->\n", "<!-- end of figures -->\n"
HEADS = ["Row", "What", "This program", "Against", "Ratio", "Bar", "Met"]


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def figure(row, name):
    return shown(float(row[name]), row["unit"]) if row[name] else ""


def cells(row):
    against = figure(row, "against")
    name = row["against_name"].replace("|", "and")
    ratio = f"{float(row['ratio']):.2f}" if row["ratio"] else ""
    return [row["row"], row["what"], figure(row, "this"), f"{name}: {against}" if against else name,
            ratio, row["bar"], row["met"]]


def lines(rows):
    yield "| " + " | ".join(HEADS) + " |"
    yield "| " + " | ".join("---" for _ in HEADS) + " |"
    for row in rows:
        yield "| " + " | ".join(cells(row)) + " |"


def figures(results):
    """The table, and below it the machine and the versions."""
    yield from lines(read(results / "table.csv"))
    yield ""
    for fact in read(results / "table-machine.csv"):
        yield f"- {fact['name']}: {fact['value']}"


def write(page, results):
    """Puts the figures between their marks."""
    text = page.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(before + BEGIN + "\n" + "\n".join(figures(results)) + "\n\n" + END + after)
