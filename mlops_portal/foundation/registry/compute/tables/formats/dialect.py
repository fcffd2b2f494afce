"""How a table of text is written, told from its first lines: separator, header, decimal comma, thousands.

- The separator is the one with which most rows have as many fields as the header, and more than one.
- A first row of numbers is data, unless its numbers rise like an axis (wavelengths, 0 to n - 1).
- Lines of a report above the header, and a row of units below it, are no part of the table (``layout``).
- A decimal sign is the file's where one of its numbers can be read in one way only; else it is a point.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.formats import layout
from mlops_portal.foundation.registry.compute.tables.problem import Problem
from mlops_portal.foundation.registry.compute.tables.values.spelling import GAPS, hyphened

DELIMITERS = (";", "\t", "|", ",", " ")  # the rarer in ordinary text go first
LOOKED_AT = 500  # rows
CELLS = 50_000
ENOUGH = 0.6  # share of rows that fit
BLANKS = re.compile(r'("[^"\n]*")|[ \t]+')
NUMBER = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+|\d+,\d+|\d{1,3}([.,' ]\d{3})+([.,]\d+)?)(e[+-]?\d+)?$", re.IGNORECASE
)
COMMA = re.compile(
    r"[+-]?(\d{1,3}(\.\d{3})+,\d+|0,\d+|\d+,(\d{1,2}|\d{4,})|\d{4,},\d+)(e[+-]?\d+)?$", re.IGNORECASE
)
POINT = re.compile(
    r"[+-]?(\d{1,3}(,\d{3})+\.\d+|0?\.\d+|\d+\.(\d{1,2}|\d{4,})|\d{4,}\.\d+)(e[+-]?\d+)?$", re.IGNORECASE
)
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
NOISE = re.compile(r"[ '\u00a0\u202f’]")
MANY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$")


@dataclass(frozen=True, slots=True)
class Dialect:
    delimiter: str
    decimal: str
    thousands: str
    decimal_seen: bool
    header: bool
    skip: int
    units: tuple[tuple[str, ...], ...]
    join: int
    first: tuple[str, ...]
    records: list[list[str]]
    faults: tuple[Problem, ...]


def lines_of(text: str) -> list[str]:
    """Lines with their ends; other than ``splitlines``, form feeds and the like end none."""
    return list(io.StringIO(text, newline=""))


def preamble(sample: str) -> tuple[int, str]:
    """Lines before the table (blank, comments, Excel's “sep=;”), and the separator that one of them names."""
    skip, named = 0, ""
    for line in lines_of(sample):
        separator = re.fullmatch(r'"?sep=(.)"?', line.strip("\r\n "), re.IGNORECASE)
        if separator:
            named = separator[1]
        elif line.strip() and not line.startswith("#"):
            break
        skip += 1
    return skip, named


def records_of(lines: list[str], delimiter: str) -> list[list[str]]:
    """Rows as fields; what csv cannot take ends the list."""
    text = "".join(lines)
    if delimiter == " ":
        text = "\n".join(BLANKS.sub(lambda run: run[1] or "\t", one.strip()) for one in lines_of(text))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if delimiter == " " else delimiter)
    records = []
    try:
        for record in itertools.islice(reader, LOOKED_AT):
            records.append(record)  # noqa: PERF402 - what was read before an error counts
    except csv.Error:
        pass
    return records


def separator(lines: list[str]) -> tuple[str, list[list[str]]]:
    """The separator and the rows read with it: the one with which most rows are as wide as the first; with a
    report above the table the one with which most rows are of one width."""
    read = {delimiter: records_of(lines, delimiter) for delimiter in DELIMITERS}
    for width in (lambda rows: len(rows[0]), layout.width_of):
        score = {delimiter: _fit(delimiter, rows, width) for delimiter, rows in read.items()}
        best = max(DELIMITERS, key=lambda one: score[one])
        if score[best] > ENOUGH:
            return best, read[best]
    return (best, read[best]) if score[best] > 0 else (",", read[","])


def _fit(delimiter: str, rows: list[list[str]], width_of: Callable[[list[list[str]]], int]) -> float:
    """The share of rows of the width that ``width_of`` says, 0 where that is one field."""
    filled = [row for row in rows if row]
    width = width_of(filled) if filled else 0
    if width < 2:
        return 0.0
    fits = sum(len(row) in (width, width + (not row[-1])) for row in filled) / len(filled)
    return fits - (0.3 if delimiter == " " else 0.0)  # words hold blanks


def is_number(cell: str) -> bool:
    return bool(NUMBER.match(hyphened(cell)))


def is_data(first: list[str]) -> bool:
    """Whether the first row holds values instead of names."""
    cells = [cell.strip() for cell in first]
    numbers = [cell for cell in cells if is_number(cell)]
    gaps = [cell for cell in cells if cell in GAPS and cell]
    if not numbers or 2 * (len(numbers) + len(gaps)) < len(cells):
        return False
    try:
        values = [float(cell) for cell in numbers]
    except ValueError:
        return True
    counted = values in ([*range(len(values))], [*range(1, len(values) + 1)]) and len(values) > 2
    rising = len(values) >= 8 and all(a < b for a, b in itertools.pairwise(values))
    return not (counted or rising) or bool(gaps)


def decimals(records: list[list[str]]) -> tuple[str, str, bool]:
    """(decimal, thousands, whether a number that can be read in one way only said so)."""
    first_cells = itertools.islice(itertools.chain.from_iterable(records), CELLS)
    cells = [NOISE.sub("", hyphened(cell)) for cell in first_cells]
    commas = sum(1 for cell in cells if COMMA.match(cell) or MANY_POINTS.match(cell))
    points = sum(1 for cell in cells if POINT.match(cell))
    if commas > points:
        return ",", ".", True
    if points:
        return ".", "," if any(GROUPED.match(cell) for cell in cells) else "", True
    return ".", "", False


def dialect(sample: str, *, complete: bool, answers: Answers = NONE) -> Dialect | None:
    """The dialect of the first lines of a file; None without a single row. ``complete``: it is the whole."""
    skip, named = preamble(sample)
    lines = lines_of(sample)[skip:]
    lines = lines if complete else lines[:-1] or lines
    delimiter, records = (named, records_of(lines, named)) if named else separator(lines)
    if not records:
        return None
    if not complete and len(records) > 2:
        records.pop()  # a quote may stand open where the sample ends
    above, faults = layout.above(records, answers, row=skip + 1)
    skip, records = skip + above, records[above:]
    first, *rest = records
    header = not is_data(first)
    units: tuple[tuple[str, ...], ...] = ()
    if header:
        units, problems = layout.units_of(first, rest, is_number, answers, row=skip + 2)
        faults += problems
        rest = rest[len(units) :]
    values = [row for row in (rest if header else records) if row]
    decimal, thousands, seen = decimals(values)
    widths = {len(row) for row in values}
    if header and widths == {len(first) + 1} and not any(row[-1] for row in values):
        first = [*first, ""]  # every row ends with a separator
    join = -1
    if header and delimiter == ",":
        join, problems = layout.cut_in_two(first, values, answers)
        faults += problems
    return Dialect(
        delimiter=delimiter,
        decimal="," if join >= 0 else decimal,
        thousands="." if join >= 0 else thousands,
        decimal_seen=seen and join < 0,
        header=header,
        skip=skip,
        units=units,
        join=join,
        first=tuple(first),
        records=rest if header else records,
        faults=tuple(faults),
    )
