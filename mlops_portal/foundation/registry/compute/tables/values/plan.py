"""What a column of text is, told from its first values.

- Numbers where most values are; codes of one width with leading zeros, and digits beyond what a float64
  tells apart, stay text: they name something.
- Under a heading that says date, 20260131, 260131 and a spreadsheet's day numbers (46053.5) are times; under
  one that says time, 260131143000 is, and broken day numbers are asked about.
- 03/04/2026 is day or month first by another value, else by the order of the rows, else by the site's zone;
  with points it is day first. A year of two digits may stand first (26-01-05) as well as last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.model import Column, Kind, Preview
from mlops_portal.foundation.registry.compute.tables.values import cells, numbers, styles, times
from mlops_portal.foundation.registry.compute.tables.values.written import plainly
from mlops_portal.foundation.wire.categories import GAPS, as_text, truth_of
from mlops_portal.foundation.wire.epochs import TICKS

SINCE_1904 = "time-1904"

LOOKED_AT = 5_000  # values
LONG = 16  # digits
FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
CODE = re.compile(r"0\d+|\d{16,}")
DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
AMERICAN = re.compile(
    r"US/|America/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Anchorage|Detroit|Boise|Indiana|Kentucky|Juneau"
    r"|North_Dakota|Menominee|Adak|Nome|Sitka|Metlakatla|Yakutat|Puerto_Rico)|Pacific/(Honolulu|Guam)|Asia/Manila"
)
DMY, MDY, YY = "dmy", "mdy", "yy"
TOLD = 0.01  # of the rows may go back where their order says how dates are written


@dataclass(frozen=True, slots=True)
class Plan:
    """How a column's text is turned into values."""

    kind: Kind
    form: str = ""  # of moments
    words: tuple[str, str] | None = None  # for false and true
    literal: bool = False  # words for nothing are values
    ignore_case: bool = False  # words that differ by case alone are one
    clock: str = ""  # the column with the time of day of these dates
    doubt: str = ""  # why dates might be written otherwise: "rows" told it, "zone" and "year" are guesses
    ways: tuple[str, ...] = ()  # in which they might be


def numeric(seen: Preview, fixed: Mapping[str, Plan]) -> tuple[str, ...]:
    """Columns whose first values are plain numbers, which need no look at their text."""
    if seen.format.kind != "text" or seen.format.decimal != "." or seen.format.thousands:
        return ()
    names = []
    for place, name in enumerate(seen.names):
        values = [cell for row in seen.rows if (cell := row[place]) not in GAPS]
        wanted = fixed[name].kind == Kind.NUMBER if name in fixed else not times.is_moment(name)
        plain = values and all(map(FLOAT.fullmatch, values)) and not any(map(CODE.fullmatch, values))
        doubtful = seen.format.delimiter in styles.SAYS_NOTHING and any(map(DOUBTFUL.fullmatch, values))
        if wanted and plain and not doubtful:
            names.append(name)
    return tuple(names)


def of_column(column: Column) -> Plan:
    """The plan that a schema gives."""
    words = (column.categories[0], column.categories[1]) if len(column.categories) == 2 else None
    if column.kind == Kind.EMPTY:
        return Plan(Kind.TEXT)
    if column.kind == Kind.TIME:
        return Plan(Kind.TIME, column.time_format or "iso", clock=column.clock)
    return Plan(
        column.kind,
        words=words if column.kind == Kind.BOOLEAN else None,
        literal=column.gaps_are_values,
        ignore_case=bool(column.ignore_case),
    )


def of_texts(
    texts: pa.Array, decimal: str, thousands: str, *, name: str = "", answers: Answers = NONE
) -> Plan | None:
    """The plan for a column by ``texts`` string (n,), its first values; None where all are missing."""
    sample = texts.drop_null()[:LOOKED_AT]
    values = numbers.trimmed(sample).drop_null()
    if len(values) == 0:
        return None if len(sample) == 0 else Plan(Kind.TEXT)
    if answers.as_words(name):
        return Plan(Kind.TEXT)
    if dense := of_day(values, name, answers):
        return dense
    parsed = numbers.parse(values, decimal, thousands)
    numeric = parsed.values
    if parsed.odd is not None:
        numeric = _with_near(values, parsed, decimal, thousands)
    if _mostly(numeric):
        if days := of_days(numeric, name, answers):
            return days
        return Plan(Kind.TEXT if _codes(values) and not times.epoch_of(numeric) else Kind.NUMBER)
    if order := _order(values, answers, name):
        return order
    return of_words(set(pc.unique(sample).to_pylist()))


def _with_near(values: pa.Array, parsed: numbers.Parsed, decimal: str, thousands: str) -> NDArray[np.float64]:
    """The numbers with those that bear a unit or mark a bound."""
    assert parsed.odd is not None
    near, codes = cells.nears_of(values.filter(pa.array(parsed.odd)), decimal, thousands)
    numeric = parsed.values.copy()
    numeric[parsed.odd] = np.array([one.number for one in near])[codes]
    return numeric


def _mostly(numeric: NDArray[np.float64]) -> bool:
    """Whether so many are numbers that the column holds numbers."""
    there = numeric[np.isfinite(numeric)]
    share = there.size / max(numeric.size, 1)
    different = np.unique(there).size
    broken = bool((there != np.floor(there)).any())
    return (
        share >= 0.95
        or (share >= 0.8 and (different >= 8 or broken))
        or (share >= 0.5 and (different > 20 or (broken and different >= 5)))
    )


def of_days(numeric: NDArray[np.float64], name: str, answers: Answers) -> Plan | None:
    """A spreadsheet's days under a heading that says date; under one that says time, broken ones in doubt."""
    if answers.given.get(f"date-number:{name}") == "number":
        return None
    if times.is_moment(name) and times.epoch_of(numeric) == TICKS:
        return Plan(Kind.TIME, TICKS)
    if not times.is_excel(numeric):
        return None
    if times.is_day(name):
        return Plan(Kind.TIME, excel(name, answers))
    broken = bool((numeric[np.isfinite(numeric)] % 1 > 0).any())
    return Plan(Kind.TIME, excel(name, answers), doubt="days") if times.is_moment(name) and broken else None


def excel(name: str, answers: Answers) -> str:
    """From when a spreadsheet's days are counted: nothing in a table of text says it, so a person may."""
    return times.EXCEL_1904 if answers.given.get(f"date-number:{name}") == SINCE_1904 else times.EXCEL


def of_day(values: pa.Array, name: str, answers: Answers) -> Plan | None:
    """20260131 under a heading that says date, and 20260131143000 under any."""
    if answers.given.get(f"date-number:{name}") == "number":
        return None
    digits = r"^(?:19|20)\d{6}(?:\d{6}|[T_ ]\d{6}%s)$"
    digits %= r"|(?:\.0+)?| \d{1,2}:\d{2}.*" if times.is_day(name) else ""
    if not pc.all(pc.match_substring_regex(values, digits)).as_py():
        return _short(values, name, answers)
    return Plan(Kind.TIME, "ymd") if times.parse(values, "ymd").odd is None else None


def _short(values: pa.Array, name: str, answers: Answers) -> Plan | None:
    """260131, with two digits of the year, under a heading that says date; with the time of day under any
    that says time. Ten digits may count seconds since 1970 as well."""
    days = r"^\d{5,6}(?:\.0+)?$|" if times.is_day(name) else ""
    if not times.is_moment(name):
        return None
    if not pc.all(pc.match_substring_regex(values, days + r"^\d{6}[T _-]?\d{4}(?:\d{2})?(?:\.0+)?$")).as_py():
        return None
    counted = numbers.parse(values).values
    if times.epoch_of(counted) and np.nanmin(counted) < times.NOT_YET:
        return None
    if times.is_excel(counted):
        return None
    parsed = {order: times.parse(values, order) for order in (YY, DMY, MDY)}
    return _one_of({order: one for order, one in parsed.items() if one.odd is None}, values, name, answers)


def of_words(words: set[str]) -> Plan:
    """Text, or truths where nothing but one pair of words stands."""
    forms = {as_text(word) for word in words} - {""}
    pair = truth_of(forms)
    if pair is None:
        return Plan(Kind.TEXT)
    spelt = {word.casefold(): word for word in sorted(forms)}
    return Plan(Kind.BOOLEAN, words=(spelt.get(pair[0], pair[0]), spelt.get(pair[1], pair[1])))


def _codes(values: pa.Array) -> bool:
    digits = pc.match_substring_regex(values, r"^\d+$")
    lengths = pc.utf8_length(values)
    if (pc.mean(pc.greater_equal(lengths, LONG)).as_py() or 0.0) > 0.5:
        return bool(pc.all(digits).as_py())
    span = pc.min_max(lengths).as_py()
    zero = pc.starts_with(values, "0")
    return bool(span["min"] == span["max"] > 1 and pc.all(digits).as_py() and pc.any(zero).as_py())


def _order(values: pa.Array, answers: Answers, name: str) -> Plan | None:
    """Moments in the order of day, month and year that most values have; None where they are none."""
    values = pc.if_else(pc.match_substring_regex(values, r"^[+-]?[\d.,]+$"), values, plainly(values))
    if not pc.any(pc.match_substring_regex(values, r"^\d{1,4}[-/. ]")).as_py():
        return None
    parsed = {order: times.parse(values, order) for order in times.ORDERS}
    good = {order: 1.0 if one.odd is None else 1.0 - float(one.odd.mean()) for order, one in parsed.items()}
    best = max(good, key=lambda order: good[order])
    ways = tuple(order for order in (DMY, MDY, YY) if good[order] == good[best])
    if good[best] < 0.8:
        return None
    if best == "iso":
        return Plan(Kind.TIME, best)
    return _one_of({order: parsed[order] for order in ways}, values, name, answers)


def _one_of(ways: Mapping[str, times.Moments], values: pa.Array, name: str, answers: Answers) -> Plan | None:
    """The likeliest of the orders that fit; None where none does."""
    if len(ways) < 2:
        return Plan(Kind.TIME, next(iter(ways))) if ways else None
    guess, doubt = _guess(values, ways, answers.zone)
    taken = answers.of(f"date-order:{name}", guess, ways)
    return Plan(Kind.TIME, taken, doubt=doubt, ways=tuple(ways))


def _guess(values: pa.Array, ways: Mapping[str, times.Moments], zone: str) -> tuple[str, str]:
    """(how dates are written that can be read in several ways, why)."""
    points = pc.any(pc.match_substring_regex(values, r"^\d{1,2}\.")).as_py()
    if points and YY not in ways:
        return DMY, "points"
    back = {order: _backwards(one) for order, one in ways.items()}
    ordered = [order for order, count in back.items() if count <= TOLD * len(values)]
    if len(ordered) == 1:
        return ordered[0], "rows"
    if YY not in ways:
        return american(zone), "zone"
    if pc.any(pc.match_substring_regex(values, r"^\d{2}-|^\d{6}")).as_py():
        return YY, "year"
    return (DMY if points or MDY not in ways else american(zone)), "year"


def american(zone: str) -> str:
    """How dates with strokes are written where the zone is."""
    return MDY if AMERICAN.match(zone) else DMY


def _backwards(moments: times.Moments) -> int:
    there = moments.local[np.isfinite(moments.local)]
    return int(np.count_nonzero(np.diff(there) < 0))
