"""One line of the table, and how it is written."""

import csv
import dataclasses
import datetime
import statistics

HEADS = ["row", "what", "this program", "against", "ratio", "bar", "met"]
COLUMNS = ["row", "measure", "what", "unit", "this", "this_least", "this_most", "against_name",
           "against", "ratio", "better", "bar", "met", "rounds", "measured", "note"]


@dataclasses.dataclass
class Result:
    """What one measure of a row gave."""

    row: str
    # A short name: with the row's it is the key of the baseline.
    measure: str
    what: str
    unit: str
    # Every round's figure of this program, and of what it is held against.
    this: list
    against_name: str = ""
    against: list = dataclasses.field(default_factory=list)
    # The ratio is of the medians unless it is told: one of pairs, say.
    told_ratio: float | None = None
    # At most so much, or with better="more" at least; of the ratio, or of this program's figure.
    bar: float | None = None
    bar_is_of: str = "ratio"
    better: str = "less"
    # Where there is no measurement: why.
    note: str = ""

    @property
    def middle(self):
        return statistics.median(self.this) if self.this else None

    @property
    def ratio(self):
        if self.told_ratio is not None:
            return self.told_ratio
        if not self.this or not self.against:
            return None
        base = statistics.median(self.against)
        return self.middle / base if base else None

    @property
    def met(self):
        """True, False, or None where there is nothing to hold against a bar."""
        value = self.ratio if self.bar_is_of == "ratio" else self.middle
        if self.bar is None or value is None:
            return None
        return value <= self.bar if self.better == "less" else value >= self.bar

    def bar_text(self):
        if self.bar is None:
            return ""
        sign = "<=" if self.better == "less" else ">="
        if self.bar_is_of == "ratio":
            return f"{sign} {self.bar:g}x"
        return f"{sign} {shown(self.bar, self.unit)}"

    def cells(self):
        against = ""
        if self.against:
            against = f"{self.against_name}: {shown(statistics.median(self.against), self.unit)}"
        elif self.against_name:
            against = self.against_name
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        met = {True: "yes", False: "NO", None: ""}[self.met]
        this = shown(self.middle, self.unit) if self.this else "not available"
        return [self.row, self.what, this, against, ratio, self.bar_text(), met]

    def record(self):
        """A row of the CSV file."""
        base = statistics.median(self.against) if self.against else None
        values = [
            self.row, self.measure, self.what, self.unit, self.middle,
            min(self.this, default=None), max(self.this, default=None), self.against_name, base,
            self.ratio, self.better, self.bar_text(),
            {True: "yes", False: "no", None: ""}[self.met], len(self.this),
            datetime.date.today().isoformat(), self.note]
        return [rounded(value) for value in values]


def missing(row, what, note):
    """A row that cannot be measured here."""
    return Result(row, "missing", what, "", [], note=note)


def rounded(value):
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value


def shown(value, unit):
    """A figure with its unit, as a person reads it."""
    if value is None:
        return ""
    for large, small, factor in (("s", "ms", 1e3), ("ms", "µs", 1e3), ("µs", "ns", 1e3),
                                 ("MB", "KB", 1e3), ("KB", "bytes", 1e3)):
        if unit == large and 0 < abs(value) < 1:
            value, unit = value * factor, small
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def print_table(results):
    """An aligned table, and below it what the rows have to say."""
    rows = [HEADS] + [result.cells() for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for result in results:
        if result.note:
            print(f"{result.row}, {result.what}: {result.note}")


def write_csv(path, results, order):
    """Writes these results, and keeps those of other rows, in the order of the table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [dict(zip(COLUMNS, result.record())) for result in results if result.this]
    measured = {result.row for result in results}
    if path.exists():
        with path.open(newline="") as file:
            lines += [line for line in csv.DictReader(file) if line["row"] not in measured]
    lines.sort(key=lambda line: order.index(line["row"]))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
