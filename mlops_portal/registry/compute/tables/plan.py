"""What a column of text is, told from its first values.

- Numbers where nearly all values are; codes of one width with leading zeros, and digits beyond what a float64
  tells apart, stay text: they name something.
- 03/04/2026 is the third of April, unless another value or the order of the rows says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlops_portal.registry.compute.tables import numbers, times
from mlops_portal.registry.compute.tables.model import Column, Format, Kind, Preview
from mlops_portal.wire.categories import GAPS, as_text, truth_of

LOOKED_AT = 5_000  # values
LONG = 16  # digits
FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
CODE = re.compile(r"0\d+|\d{16,}")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a column's text is turned into values."""

    kind: Kind
    form: str = ""  # of moments
    words: tuple[str, str] | None = None  # for false and true
    literal: bool = False  # words for nothing are values
    ignore_case: bool = False  # words that differ by case alone are one


def numeric(seen: Preview, fixed: Mapping[str, Plan]) -> tuple[str, ...]:
    """Columns whose first values are plain numbers, which need no look at their text."""
    if seen.format.kind != "text" or seen.format.decimal != "." or seen.format.thousands:
        return ()
    found = []
    for place, name in enumerate(seen.names):
        cells = [cell for row in seen.rows if (cell := row[place]) not in GAPS]
        wanted = name not in fixed or fixed[name].kind == Kind.NUMBER
        if wanted and cells and all(map(FLOAT.fullmatch, cells)) and not any(map(CODE.fullmatch, cells)):
            found.append(name)
    return tuple(found)


def of_column(column: Column) -> Plan:
    """The plan that a schema gives."""
    words = (column.categories[0], column.categories[1]) if len(column.categories) == 2 else None
    if column.kind == Kind.EMPTY:
        return Plan(Kind.TEXT)
    if column.kind == Kind.TIME:
        return Plan(Kind.TIME, column.time_format or "iso")
    return Plan(
        column.kind,
        words=words if column.kind == Kind.BOOLEAN else None,
        literal=column.gaps_are_values,
        ignore_case=bool(column.ignore_case),
    )


def of_texts(texts: pa.Array, form: Format) -> Plan | None:
    """The plan for a column by ``texts`` string (n,), its first values; None where all are missing."""
    sample = texts.drop_null()[:LOOKED_AT]
    values = numbers.trimmed(sample).drop_null()
    if len(values) == 0:
        return None if len(sample) == 0 else Plan(Kind.TEXT)
    found, odd = numbers.parse(values, form.decimal, form.thousands)
    share = 1.0 - (float(odd.mean()) if odd is not None else 0.0)
    if share >= 0.95 or (share >= 0.5 and np.unique(found[np.isfinite(found)]).size > 20):
        return Plan(Kind.TEXT if _codes(values) and not times.epoch_of(found) else Kind.NUMBER)
    if order := _order(values):
        return Plan(Kind.TIME, order)
    return of_words(set(pc.unique(sample).to_pylist()))


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


def _order(values: pa.Array) -> str:
    """The order of day, month and year that most values have, "" where they are no moments."""
    if not pc.any(pc.match_substring_regex(values, r"^\d{1,4}[-/. ]")).as_py():
        return ""
    found = {order: times.parse(values, order) for order in times.PATTERNS}
    good = {order: 1.0 if one.odd is None else 1.0 - float(one.odd.mean()) for order, one in found.items()}
    best = max(good, key=lambda order: good[order])
    if good[best] < 0.8:
        return ""
    if best == "dmy" and good["mdy"] == good["dmy"] and _backwards(found["dmy"]) > _backwards(found["mdy"]):
        return "mdy"
    return best


def _backwards(moments: times.Moments) -> int:
    there = moments.seconds[np.isfinite(moments.seconds)]
    return int(np.count_nonzero(np.diff(there) < 0))
