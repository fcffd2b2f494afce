"""How a table of text is written, told from its first lines: separator, header, decimal comma, thousands.

- The separator is the one with which most rows have as many fields as the header, and more than one.
- A first row of numbers is data, unless its numbers rise like an axis (wavelengths, 0 to n - 1).
- A number like 1,234 says nothing by itself; others in the file decide, then the separator, and it is told.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import dataclass

from mlops_portal.registry.compute.tables.said import Problem, gettext_noop, problem
from mlops_portal.registry.compute.tables.words import GAPS

DELIMITERS = (";", "\t", "|", ",", " ")  # the rarer in ordinary text go first
LOOKED_AT = 500  # rows
CELLS = 50_000
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
EITHER_COMMA = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+$")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
MANY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$")


@dataclass(frozen=True, slots=True)
class Dialect:
    delimiter: str
    decimal: str
    thousands: str
    header: bool
    skip: int
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
        said = re.fullmatch(r'"?sep=(.)"?', line.strip("\r\n "), re.IGNORECASE)
        if said:
            named = said[1]
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
    found = []
    try:
        for record in itertools.islice(reader, LOOKED_AT):
            found.append(record)  # noqa: PERF402 - what was read before an error counts
    except csv.Error:
        pass
    return found


def separator(lines: list[str]) -> tuple[str, list[list[str]]]:
    """The separator and the rows read with it."""
    best: tuple[float, str, list[list[str]]] = (0.0, ",", records_of(lines, ","))
    for delimiter in DELIMITERS:
        rows = records_of(lines, delimiter)
        filled = [row for row in rows if row]
        if not filled or len(filled[0]) < 2:
            continue
        width = len(filled[0])
        fits = sum(len(row) in (width, width + (not row[-1])) for row in filled) / len(filled)
        score = fits - (0.3 if delimiter == " " else 0.0)  # words hold blanks
        if score > best[0] + 1e-9:
            best = (score, delimiter, rows)
    return best[1], best[2]


def is_number(cell: str) -> bool:
    return bool(NUMBER.match(cell.strip()))


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


def decimals(records: list[list[str]], delimiter: str) -> tuple[str, str, list[Problem]]:
    """(decimal, thousands, what was a guess)."""
    cells = [cell.strip() for cell in itertools.islice(itertools.chain.from_iterable(records), CELLS)]
    commas = sum(1 for cell in cells if COMMA.match(cell))
    points = sum(1 for cell in cells if POINT.match(cell))
    either = next((cell for cell in cells if EITHER_COMMA.match(cell)), "")
    if commas > points:
        return ",", ".", []
    if points:
        return ".", "," if any(GROUPED.match(cell) for cell in cells) else "", []
    if any(MANY_POINTS.match(cell) for cell in cells):
        return ",", ".", []
    if not either:
        return ".", "", []
    if delimiter == ";" and either.count(",") == 1:
        return (
            ",",
            "",
            [
                problem(
                    "decimal-guess",
                    gettext_noop(
                        "Numbers like {value} are read with a decimal comma; if it parts thousands, write"
                        " them without."
                    ),
                    value=either,
                    blocking=False,
                )
            ],
        )
    return (
        ".",
        ",",
        [
            problem(
                "decimal-guess",
                gettext_noop(
                    "Numbers like {value} are read with a comma between thousands; if it is a decimal"
                    " comma, write a point."
                ),
                value=either,
                blocking=False,
            )
        ],
    )


def dialect(sample: str, *, complete: bool) -> Dialect | None:
    """The dialect of the first lines of a file; None without a single row. ``complete``: it is the whole."""
    skip, named = preamble(sample)
    lines = lines_of(sample)[skip:]
    lines = lines if complete else lines[:-1] or lines
    delimiter, records = (named, records_of(lines, named)) if named else separator(lines)
    if not records:
        return None
    if not complete and len(records) > 2:
        records.pop()  # a quote may stand open where the sample ends
    first, *rest = records
    header = not is_data(first)
    values = [row for row in (rest if header else records) if row]
    decimal, thousands, faults = decimals(values, delimiter)
    widths = {len(row) for row in values}
    if header and widths == {len(first) + 1} and not any(row[-1] for row in values):
        first = [*first, ""]  # every row ends with a separator
    return Dialect(
        delimiter=delimiter,
        decimal=decimal,
        thousands=thousands,
        header=header,
        skip=skip,
        first=tuple(first),
        records=rest if header else records,
        faults=tuple(faults),
    )
