"""Single cells that are nearly a number: “<0.5”, “92%”, “80 °C”, “#NV”, “error”.

- A bound counts as its limit: a lab that writes “<0.5” measured, and found less than it can tell.
- A unit behind a number is left off; where two units stand in one column, the rarer one's cells are empty.
- A percent sign among shares of one (all others at most 1.5) means hundredths.
- A number with the other decimal sign than the rest, which can be read in one way only, is that number, which
  a person confirms.
- A minus that is no hyphen (−20.5) is one. A number in brackets or with the minus behind it, (20.5) and
  20.5-, is below zero as accountants write it, which a person confirms.
- Words that say that nothing was read are gaps, and counted. Any other word is a gap that a person confirms.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import WORDS, Answers
from mlops_portal.foundation.registry.compute.tables.headings import SHORT, SPELT
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, quoted
from mlops_portal.foundation.registry.compute.tables.values import numbers
from mlops_portal.foundation.registry.compute.tables.values.spelling import HYPHENS
from mlops_portal.foundation.registry.compute.tables.values.styles import is_sure

MOST = 5_000  # different odd texts that are looked at
BOUND = re.compile(r"^\s*(<=|>=|=<|=>|[<>≤≥~≈±])\s*(.+)$")
TAIL = re.compile(r"^\s*([+-]?[\d.,'’\u00a0\u202f ]*\d(?:[eE][+-]?\d+)?)(\s*)([^\d\s.,'’+\-][^\s]{0,9})\s*$")
UNITS = {
    *SPELT,
    "°",
    "‰",
    "%",
    "°k",
    "µs",
    "us",
    "sek",
    "sec",
    "stk",
    "stk.",
    "kn/mm²",
    "kg/m3",
    "kg/m³",
    "cst",
    "ml/min",
}
GAP, VALUE, SHARE, ABOVE = "gap", "value", "share", "above"
AS_GAP = gettext_noop("Leave them empty")
AS_VALUE = gettext_noop("Take the number")
AS_SHARE = gettext_noop("Take a hundredth of it")
AS_WORDS = gettext_noop("The column holds words")
BOUNDS = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) are taken as {taken_as}, because the"
    " rest of the column holds numbers and the sign marks a bound."
)
BOUNDS_EMPTY = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}), which mark a bound, are left empty."
)
WITH_UNIT = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) are taken as {taken_as}, because the"
    " column holds numbers and “{unit}” is a unit."
)
OTHER_UNIT = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) have another unit than the rest of"
    " the column and are taken as {taken_as}."
)
PERCENT = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) are taken as {taken_as}, because the"
    " other cells are shares of one."
)
OTHERS = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) have another decimal sign than the"
    " rest of the column and are taken as {taken_as}. Say whether they are."
)
AS_BELOW = gettext_noop("They are below zero")
AS_ABOVE = gettext_noop("They are above zero")
MINUSES = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) are taken as {taken_as}: the minus"
    " there is another sign than a hyphen."
)
BELOWS = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) look like numbers below zero as"
    " accountants write them, and are taken as {taken_as}. Say whether they are."
)
ERRORS = gettext_noop(
    "Column {column}: cells like “{value}” ({count}, first in row {row}) are left empty, because the word"
    " says that nothing was read and the rest of the column holds numbers."
)
MIXED = gettext_noop(
    "Column {column} holds numbers, but “{value}” in row {row} ({count} in all); such cells would be left"
    " empty. Say so, or that the column holds words."
)


@dataclass(slots=True)
class Seen:
    """How often something stood in the column, and where first."""

    count: int = 0
    row: int = 0
    value: str = ""
    number: float = np.nan

    def add(self, where: NDArray[np.bool_], rows: NDArray[np.int64], texts: pa.Array | None) -> None:
        count = int(np.count_nonzero(where))
        if count and not self.count:
            at = int(np.argmax(where))
            self.row = int(rows[at])
            self.value = "" if texts is None else str(texts[at].as_py())
        self.count += count

    def add_number(
        self, where: NDArray[np.bool_], rows: NDArray[np.int64], texts: pa.Array, values: NDArray[np.float64]
    ) -> None:
        """The same, with the number that the first is taken as."""
        if not self.count:
            self.number = float(values[int(np.argmax(where))])
        self.add(where, rows, texts)


@dataclass(frozen=True, slots=True)
class Near:
    """A cell that is nearly a number: ``bound``, ``unit``, ``other`` or ``word``, its number and unit."""

    kind: str
    number: float = np.nan
    unit: str = ""


@dataclass(slots=True)
class Odd:
    """What was seen in one column, by kind; of units also where each stands, to be settled at the end."""

    bounds: Seen = field(default_factory=Seen)
    others: Seen = field(default_factory=Seen)
    minus: Seen = field(default_factory=Seen)
    below: Seen = field(default_factory=Seen)
    words: Seen = field(default_factory=Seen)
    errors: Seen = field(default_factory=Seen)
    units: dict[str, Seen] = field(default_factory=dict)
    places: dict[str, list[NDArray[np.int64]]] = field(default_factory=dict)


def near_of(text: str, decimal: str, thousands: str) -> Near:
    """What a text that is no number is."""
    text = text.translate(HYPHENS)
    other = "," if decimal == "." else "."
    if is_sure(text, other):
        return Near("other", _number(text, other, decimal))
    if match := BOUND.match(text):
        inner = near_of(match[2], decimal, thousands) if not _plain(match[2], decimal, thousands) else None
        number = _number(match[2], decimal, thousands) if inner is None else inner.number
        if np.isfinite(number):
            return Near("bound", number)
    match = TAIL.match(text)
    if match and is_unit(match[3], apart=bool(match[2])):
        number = near_of(match[1], decimal, thousands).number
        if not np.isfinite(number):
            number = _number(match[1], decimal, thousands)
        if np.isfinite(number):
            return Near("unit", number, SPELT.get(match[3].casefold(), match[3]))
    return Near("word")


def is_unit(word: str, *, apart: bool) -> bool:
    """Whether a word behind a number is a unit; a single letter only with a blank before it."""
    low = word.casefold().strip("[]()")
    return low in UNITS and (apart or low not in SHORT)


def _number(text: str, decimal: str, thousands: str) -> float:
    return float(numbers.parse(pa.array([text]), decimal, thousands).values[0])


def _plain(text: str, decimal: str, thousands: str) -> bool:
    return bool(np.isfinite(_number(text, decimal, thousands)))


def nears_of(texts: pa.Array, decimal: str, thousands: str) -> tuple[list[Near], NDArray[np.int64]]:
    """What the different texts are, and which of them each of (n,) is."""
    coded = texts.dictionary_encode()
    words = coded.dictionary.to_pylist()
    nears = [
        near_of(word, decimal, thousands) if place < MOST else Near("word")
        for place, word in enumerate(words)
    ]
    return nears, coded.indices.to_numpy(zero_copy_only=False)


def settle(name: str, values: NDArray[np.float64], odd: Odd, plain: int, answers: Answers) -> list[Problem]:
    """Put the units' cells right in ``values`` (changed in place), and say all that was seen. ``plain``: how
    many cells are numbers as they stand."""
    listed = [*_units(name, values, odd, plain, answers)]
    if odd.bounds.count:
        key = f"cells-bound:{name}"
        as_gap = answers.of(key, VALUE, (VALUE, GAP, WORDS)) == GAP
        listed.append(
            answers.question(
                "cells-bound",
                BOUNDS_EMPTY if as_gap else BOUNDS,
                key=key,
                guess=VALUE,
                options=((VALUE, AS_VALUE), (GAP, AS_GAP), (WORDS, AS_WORDS)),
                column=name,
                **_where(odd.bounds),
            )
        )
    if odd.others.count:
        listed.append(
            answers.question(
                "cells-decimal",
                OTHERS,
                key=f"cells-decimal:{name}",
                guess=VALUE,
                options=((VALUE, AS_VALUE), (GAP, AS_GAP), (WORDS, AS_WORDS)),
                asks=True,
                column=name,
                **_where(odd.others),
            )
        )
    if odd.minus.count:
        where = _where(odd.minus)
        listed.append(problem("cells-minus", MINUSES, blocking=False, column=name, **where))
    if odd.below.count:
        listed.append(
            answers.question(
                "cells-below",
                BELOWS,
                key=f"cells-below:{name}",
                guess=VALUE,
                options=((VALUE, AS_BELOW), (ABOVE, AS_ABOVE), (GAP, AS_GAP), (WORDS, AS_WORDS)),
                asks=True,
                column=name,
                **_where(odd.below),
            )
        )
    for code, message, seen, asks in (
        ("cells-error", ERRORS, odd.errors, False),
        ("mixed-types", MIXED, odd.words, True),
    ):
        if seen.count:
            listed.append(
                answers.question(
                    code,
                    message,
                    key=f"cells:{name}" if asks else f"cells-error:{name}",
                    guess=GAP,
                    options=((GAP, AS_GAP), (WORDS, AS_WORDS)),
                    asks=asks,
                    column=name,
                    **_where(seen),
                )
            )
    return listed


def _units(name: str, values: NDArray[np.float64], odd: Odd, plain: int, answers: Answers) -> list[Problem]:
    if not odd.units:
        return []
    counts = Counter({unit: seen.count for unit, seen in odd.units.items()})
    best = counts.most_common(1)[0][0]
    inside = np.ones(values.size, dtype=bool)
    for parts in odd.places.values():
        inside[np.concatenate(parts)] = False
    rest = values[inside & np.isfinite(values)]
    listed = []
    for unit, _count in counts.most_common():
        seen = odd.units[unit]
        key = f"cells-unit:{name}" if unit == best else f"cells-unit-{unit}:{name}"
        shares = unit == "%" and rest.size and np.abs(rest).max() <= 1.5 and abs(seen.number) > 1.5
        guess = SHARE if shares else VALUE if unit == best else GAP
        options = [(VALUE, AS_VALUE), (GAP, AS_GAP), (WORDS, AS_WORDS)]
        if unit == "%":
            options.insert(1, (SHARE, AS_SHARE))
        taken = answers.of(key, guess, [value for value, label in options])
        places = np.concatenate(odd.places[unit])
        if taken == GAP:
            values[places] = np.nan
        elif taken == SHARE:
            values[places] /= 100.0
        shown = {GAP: "–", SHARE: f"{seen.number / 100:g}"}.get(taken, f"{seen.number:g}")
        listed.append(
            answers.question(
                "cells-unit",
                OTHER_UNIT if unit != best else PERCENT if shares else WITH_UNIT,
                key=key,
                guess=guess,
                options=options,
                asks=unit != best,
                column=name,
                unit=unit,
                **{**_where(seen), "taken_as": shown},
            )
        )
    return listed


def _where(seen: Seen) -> dict[str, Any]:
    return {
        "row": seen.row,
        "value": quoted(seen.value),
        "count": seen.count,
        "taken_as": f"{seen.number:g}",
    }
