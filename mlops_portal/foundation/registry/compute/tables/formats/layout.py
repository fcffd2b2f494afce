"""What stands around the rows of a table: a report's lines above, units below the header, totals at the end.

- The header is the first row that is about as full as the rows below it; in a table of two columns the row
  before the first one of the kind (a time, a number) that most rows are of.
- A row below the header that holds no number where all others do, but units or types, is no data.
- ``12,5`` that a comma between columns cut in two has one field more than the header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.headings import SPELT
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, quoted, several
from mlops_portal.foundation.registry.compute.tables.values.spelling import GAPS, MARKS, NO_READING, hyphened

LOOKED_AT, DEEPEST = 100, 40  # rows; lines of a report
MOST_BELOW = 3  # rows between the header and the first part
FULL = 0.6
TOTALS = re.compile(
    r"(grand\s+|sub)?(total|totals|sum|summe|gesamt|gesamtsumme|insgesamt|zwischensumme|mittelwert|mittel|mean"
    r"|average|avg|durchschnitt|median|min|max|minimum|maximum|std|stdev|std\.? ?dev\.?"
    r"|standardabweichung|anzahl|count|range|cpk?|ppk?|end of (file|report|data)"
    r"|ende|eof|summa|totalt|suma|total general)\s*[:.=]?\s*$",
    re.IGNORECASE,
)
UNITY = re.compile(r"[\[({<].{0,12}[\])}>]$|[-–/]$|[A-Za-zµμ°%Ω‰]{1,6}([/·*^][A-Za-z0-9µ²³^-]{1,6})*$")
TYPES = frozenset(
    [
        "float",
        "float32",
        "float64",
        "double",
        "int",
        "integer",
        "int16",
        "int32",
        "real",
        "bool",
        "boolean",
        "string",
        "text",
        "varchar",
        "word",
        "dword",
        "dint",
        "uint",
        "datetime",
        "timestamp",
        "date",
        "time",
        "number",
        "numeric",
        "char",
        "category",
        "object",
    ]
)
ERRORS = frozenset(NO_READING) - frozenset(MARKS)
DIGITS = re.compile(r"\s*[+-]?\d+\s*$")
TAIL = re.compile(r"\s*\d+\s*$")
SKIP, HEADER, UNITS, DATA, LEAVE, KEEP = "skip", "header", "units", "data", "leave-out", "keep"
ABOVE = gettext_noop(
    "The lines above row {row} ({count}), beginning “{value}”, are taken as the head of a report and left"
    " out, because row {row} is the first that is as full as the rows below."
)
HEAD = gettext_noop("Row {row} is taken as the header, although fuller rows follow.")
AS_SKIP = gettext_noop("Leave them out")
AS_HEADER = gettext_noop("The first line is the header")
SECOND = gettext_noop(
    "Row {row} ({names}) is taken as units or types and left out, because it holds words where the rows below"
    " hold numbers."
)
SECOND_DATA = gettext_noop(
    "Row {row} ({names}), which looks like units or types, is read as a row of the table."
)
AS_UNITS = gettext_noop("It holds units or types")
AS_DATA = gettext_noop("It is a row of the table")
CUT = gettext_noop(
    "Rows have {found} fields under a header of {expected}: {value} looks like one number, {taken_as}, that"
    " the comma between columns cut in two. Say so, or export the table with another separator or quotes."
)


def width_of(rows: Sequence[Sequence[str]]) -> int:
    """How many fields most rows have; of two equally frequent widths the larger, and never 1 where there is
    another."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 1


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _kind(cell: str) -> str:
    text = hyphened(cell)
    if not text or text in GAPS:
        return ""
    if re.fullmatch(r"[+-]?[\d.,'’ \u00a0\u202f]+([eE][+-]?\d+)?\s*%?", text):
        return "number"
    if re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", text):
        return "time"
    return "text"


def header_at(records: Sequence[Sequence[str]]) -> int:
    """The place of the header among ``records``, the first rows of a file; 0 where nothing stands above."""
    seen = records[:LOOKED_AT]
    counts = sorted(_filled(row) for row in seen if _filled(row))
    if len(counts) < 3:
        return 0
    usual = counts[int(0.9 * (len(counts) - 1))]
    place = next((at for at, row in enumerate(seen) if _filled(row) >= max(FULL * usual, min(usual, 2))), 0)
    if usual == 2:
        place = _before_values(seen, place)
    return place if place <= DEEPEST else 0


def _before_values(seen: Sequence[Sequence[str]], place: int) -> int:
    kinds = [tuple(map(_kind, row)) for row in seen]
    usual = Counter(one for one in kinds if len(one) == 2 and "number" in one).most_common(1)
    if not usual or usual[0][1] < 3:
        return place
    start = next(at for at, one in enumerate(kinds) if one == usual[0][0])
    named = start > 0 and kinds[start - 1] == ("text", "text")
    return start - 1 if named and start - 1 > place else place


def above(records: Sequence[Sequence[str]], answers: Answers, *, row: int) -> tuple[int, list[Problem]]:
    """(rows above the header, what was guessed); ``row``: of the first record, as a person counts."""
    place = header_at(records)
    if not place:
        return 0, []
    first = next((cell for line in records[:place] for cell in line if cell.strip()), "")
    if not first:
        return place, []
    options = ((SKIP, AS_SKIP), (HEADER, AS_HEADER))
    taken = answers.of("preamble", SKIP, (SKIP, HEADER))
    question = answers.question(
        "preamble",
        ABOVE if taken == SKIP else HEAD,
        key="preamble",
        guess=SKIP,
        options=options,
        row=row + place if taken == SKIP else row,
        count=place,
        value=quoted(first),
    )
    return (place if taken == SKIP else 0), [question]


def units_of(
    first: Sequence[str],
    rest: Sequence[Sequence[str]],
    is_number: Callable[[str], bool],
    answers: Answers,
    *,
    row: int,
) -> tuple[tuple[tuple[str, ...], ...], list[Problem]]:
    """(rows below the header that hold units, types or other words; what was guessed)."""
    count = 0
    while count < MOST_BELOW:
        below = [line for line in rest[count + 1 : LOOKED_AT] if _filled(line)]
        if len(below) < 2 or not _looks_like_units(
            rest[count], below[MOST_BELOW - count :] or below, is_number
        ):
            break
        count += 1
    if not count:
        return (), []
    taken = answers.of("units-row", UNITS, (UNITS, DATA))
    question = answers.question(
        "units-row",
        SECOND if taken == UNITS else SECOND_DATA,
        key="units-row",
        guess=UNITS,
        options=((UNITS, AS_UNITS), (DATA, AS_DATA)),
        row=row,
        names=several([cell.strip() for line in rest[:count] for cell in line if cell.strip()]),
    )
    return (tuple(tuple(line) for line in rest[:count]) if taken == UNITS else ()), [question]


def unit_row(rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """Of the rows below the header the one that holds units; none where words stand there alone."""
    return next((row for row in rows if any(_is_known_unit(cell) for cell in row)), ())


def _is_known_unit(cell: str) -> bool:
    plain = cell.strip()
    low = plain.casefold().strip("[](){}<> ")
    return (low in SPELT and low not in TYPES) or bool(
        re.fullmatch(r"[\[({<].{1,12}[\])}>]|.*[/%°µΩ‰].*", plain)
    )


def _looks_like_units(
    second: Sequence[str], below: Sequence[Sequence[str]], is_number: Callable[[str], bool]
) -> bool:
    cells = [cell.strip() for cell in second]
    if any(is_number(cell) or (cell and cell in GAPS) for cell in cells):
        return False
    if any(_kind(cell) == "time" for cell in cells):
        return False
    numeric = []
    for place in range(len(cells)):
        column = [line[place] for line in below if place < len(line) and line[place].strip() not in GAPS]
        if column and sum(map(is_number, column)) >= 0.9 * len(column):
            numeric.append(place)
    named = [cells[place] for place in numeric if cells[place]]
    if not numeric or not named or any(cell.casefold() in ERRORS for cell in named):
        return False
    return all(is_unit(cell) for cell in named) or (len(numeric) > 1 and len(named) == len(numeric))


def is_unit(cell: str) -> bool:
    """Whether a cell of its own may be a unit or the name of a type."""
    low = cell.casefold().strip("[](){}<> ")
    return low in SPELT or low in TYPES or bool(UNITY.match(cell))


def unit_in(cell: str) -> str:
    """The unit in a cell of a row of units; nothing for a type or a dash."""
    plain = cell.strip().strip("[](){}<> ")
    if (
        not plain
        or plain.casefold() in TYPES
        or not any(letter.isalpha() or letter in "%°‰" for letter in plain)
    ):
        return ""
    return SPELT.get(plain.casefold(), plain) if len(plain) <= 10 else ""


def cut_in_two(
    first: Sequence[str], rows: Sequence[Sequence[str]], answers: Answers
) -> tuple[int, list[Problem]]:
    """(the place of the first half, or -1; what was guessed)."""
    width = len(first)
    wide = [row for row in rows if len(row) == width + 1]
    if len(wide) < 0.9 * max(len([row for row in rows if row]), 1) or len(wide) < 1 or not first[-1].strip():
        return -1, []
    places = [
        place
        for place in range(width)
        if all(DIGITS.match(row[place]) and TAIL.match(row[place + 1]) for row in wide)
    ]
    if not places:
        return -1, []
    keys = [f"join-{place}" for place in places]
    chosen = places[keys.index(answers.of("extra-field", keys[-1], keys))]
    example = f"{wide[0][chosen].strip()},{wide[0][chosen + 1].strip()}"
    questions = [
        answers.question(
            "extra-field",
            CUT,
            key="extra-field",
            guess=keys[-1],
            options=[(key, _plain(first[at])) for key, at in zip(keys, places, strict=True)],
            asks=True,
            column=first[chosen],
            found=width + 1,
            expected=width,
            value=quoted(example),
            taken_as=example.replace(",", "."),
        )
    ]
    return chosen, questions


def _plain(name: str) -> str:
    """The name of a column as the label of a button."""
    return name.strip().replace("{", "(").replace("}", ")")


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums the table up, by one of its first words."""
    named = [cell.strip() for cell in cells if cell.strip()]
    return any(TOTALS.match(cell) for cell in named[:2])
