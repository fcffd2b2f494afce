"""A column as it is read, batch by batch: values, and what stood there that does not fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.model import NUMERIC, Format, Kind
from mlops_portal.foundation.registry.compute.tables.values import cells, numbers, plan, styles, times
from mlops_portal.foundation.registry.compute.tables.values.cells import Odd, Seen
from mlops_portal.foundation.registry.compute.tables.values.plan import Plan
from mlops_portal.foundation.registry.compute.tables.values.styles import Style
from mlops_portal.foundation.wire.categories import GAPS, as_text

EXACT = float(2**53)
MOST_SPELT = 1_000
COUNTED = {*times.EPOCHS, *times.BY_THE_CLOCK}


@dataclass(slots=True)
class Gathering:
    """One column. Without a plan the first values make one."""

    name: str
    format: Format
    plan: Plan | None = None
    answers: Answers = NONE
    style: Style | None = None
    parts: list[NDArray[Any]] = field(default_factory=list)
    bare: list[NDArray[np.bool_]] = field(default_factory=list)  # moments without an offset
    pool: dict[str, str] = field(default_factory=dict)
    spelt: Counter[str] = field(default_factory=Counter)  # words in another than their one form
    there: int = 0  # values that are not missing
    gaps: int = 0  # missing ones before there was a plan
    rows: int = 0
    near: Odd = field(default_factory=Odd)
    odd: Seen = field(default_factory=Seen)
    infinite: Seen = field(default_factory=Seen)
    inexact: Seen = field(default_factory=Seen)
    swapped: Seen = field(default_factory=Seen)  # moments that fit with day and month changed about
    day: int = 0
    month: int = 0
    first: str = ""
    halved: bool = False  # AM or PM stands somewhere

    def add(self, column: pa.Array, rows: NDArray[np.int64]) -> None:
        """Take the values of ``rows``; text (as CSV has it) or what Parquet knows the type of."""
        column = plain(column)
        if self.format.gaps != GAPS and pa.types.is_string(column.type):
            column = column if self.plan and self.plan.literal else without_gaps(column)
        if self.style is None and pa.types.is_string(column.type) and column.null_count < len(column):
            self.style = styles.style_of(column, self.format, self.answers, self.name)
        if self.plan is None:
            self.plan = self._planned(column)
            if self.plan is None:
                self.gaps += len(column)
                return
            if self.gaps:
                self._missing(self.gaps)
                self.rows = self.gaps
        self.there += len(column) - column.null_count
        self.parts.append(self._values(column, rows, self.plan))
        self.rows += len(column)

    def _planned(self, column: pa.Array) -> Plan | None:
        if how := typed(column.type):
            return dated(column, self.name, self.answers) or how
        decimal, thousands = self._signs()
        return plan.of_texts(column, decimal, thousands, name=self.name, answers=self.answers)

    def _signs(self) -> tuple[str, str]:
        if self.style is None:
            return self.format.decimal, self.format.thousands
        return self.style.decimal, self.style.thousands

    def _missing(self, count: int) -> None:
        if self.plan and self.plan.kind in NUMERIC and self.plan.kind != Kind.BOOLEAN:
            self.parts.append(np.full(count, np.nan))
        else:
            self.parts.append(np.full(count, None, dtype=object))
        if self.plan and self.plan.kind == Kind.TIME:
            self.bare.append(np.zeros(count, dtype=bool))

    def _values(self, column: pa.Array, rows: NDArray[np.int64], how: Plan) -> NDArray[Any]:
        if how.kind == Kind.NUMBER:
            return self._numbers(column, rows)
        if how.kind == Kind.TIME:
            return self._moments(column, rows, how.form.partition("@")[0])
        return self._words(as_strings(column))

    def _numbers(self, column: pa.Array, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        texts = column if pa.types.is_string(column.type) else None
        if texts is None:
            values = numbers.as_float(column)
        else:
            parsed = numbers.parse(texts, *self._signs())
            values = parsed.values
            if parsed.errors is not None:
                self.near.errors.add(parsed.errors, rows, texts)
            if parsed.minus is not None:
                self.near.minus.add_number(parsed.minus, rows, texts, values)
            if parsed.below is not None:
                values = self._below(values, parsed.below)
                self.near.below.add_number(parsed.below, rows, texts, values)
            if parsed.odd is not None:
                values = self._near(texts, replace(parsed, values=values), rows)
        with np.errstate(invalid="ignore"):
            large = np.abs(values) > EXACT
        if large.any():
            endless = np.isinf(values)
            self.infinite.add(endless, rows, texts)
            self.inexact.add(large & ~endless, rows, texts)
            values = np.where(endless, np.nan, values)
        return values

    def _near(self, texts: pa.Array, parsed: numbers.Parsed, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """The values with the cells that are nearly numbers, which are counted by what they are."""
        assert parsed.odd is not None
        places = np.flatnonzero(parsed.odd)
        near, codes = cells.nears_of(texts.take(pa.array(places)), *self._signs())
        kinds = np.array([one.kind for one in near])[codes]
        decoded = np.array([one.number for one in near])[codes]
        units = np.array([one.unit for one in near])[codes]
        for kind, key in (("bound", "cells-bound"), ("other", "cells-decimal")):
            if self.answers.given.get(f"{key}:{self.name}") == cells.GAP:
                decoded = np.where(kinds == kind, np.nan, decoded)
        values = parsed.values.copy()
        values[places] = decoded
        for kind, unit in sorted({(str(kind), str(unit)) for kind, unit in zip(kinds, units, strict=True)}):
            mask = np.zeros(parsed.odd.size, dtype=bool)
            chosen = (kinds == kind) & (units == unit)
            mask[places[chosen]] = True
            seen = {"bound": self.near.bounds, "other": self.near.others}.get(kind, self.near.words)
            if kind == "unit":
                seen = self.near.units.setdefault(unit, Seen())
                self.near.places.setdefault(unit, []).append(places[chosen] + self.rows)
            if not seen.count and kind != "word":
                seen.number = float(values[int(np.argmax(mask))])
            seen.add(mask, rows, texts)
            if kind == "word":
                self.odd.add(mask, rows, texts)
        return values

    def _below(self, values: NDArray[np.float64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The values with those in brackets as somebody said they are meant."""
        said = self.answers.given.get(f"cells-below:{self.name}")
        factor = {cells.GAP: np.nan, cells.ABOVE: -1.0}.get(said or "", 1.0)
        return np.where(where, values * factor, values)

    def _moments(self, values_read: pa.Array, rows: NDArray[np.int64], form: str) -> NDArray[np.float64]:
        if pa.types.is_timestamp(values_read.type):
            self.bare.append(np.full(len(values_read), values_read.type.tz is None))
            if values_read.type.unit == "ns":  # float64 tells microseconds apart, not nanoseconds
                values_read = values_read.cast(pa.timestamp("us", values_read.type.tz), safe=False)
            unit = f"epoch_{values_read.type.unit}"
            return times.of_count(numbers.as_float(values_read.cast(pa.int64())), unit)
        if form in COUNTED:
            values = self._numbers(values_read, rows)
            self.bare.append(np.full(len(values_read), form in times.BY_THE_CLOCK))
            return times.of_count(values, form)
        texts = as_strings(values_read)
        moments = times.parse(texts, form)
        self.bare.append(moments.bare)
        self.day, self.month = max(self.day, moments.day), max(self.month, moments.month)
        self.halved |= moments.halved
        if not self.first and len(there := texts.drop_null()):
            self.first = str(there[0].as_py())
        if moments.odd is not None:
            self.odd.add(moments.odd, rows, texts)
            if form == "dmy":
                other = times.parse(texts, "mdy")
                self.swapped.add(moments.odd & np.isfinite(other.local), rows, texts)
        return moments.local

    def _words(self, texts: pa.Array) -> NDArray[Any]:
        coded = texts.dictionary_encode()
        written = coded.dictionary.to_pylist()
        forms = map(as_text, written)
        words = [self.pool.setdefault(form, form) if form else None for form in forms]
        codes = pc.fill_null(coded.indices, len(words)).to_numpy(zero_copy_only=False)
        other = [place for place, word in enumerate(words) if word and word != written[place]]
        if other and len(self.spelt) < MOST_SPELT:
            counts = np.bincount(codes, minlength=len(words))
            self.spelt.update({written[place]: int(counts[place]) for place in other})
        return np.array([*words, None], dtype=object)[codes]

    def better(self) -> Plan | None:
        """Another plan, where the whole column says something else than its first values did."""
        if self.plan is None:
            return None
        if self.swapped.count and self.day <= 12 and self.plan.form.startswith("dmy"):
            return Plan(Kind.TIME, self.plan.form.replace("dmy", "mdy"), clock=self.plan.clock)
        if self.plan.kind in (Kind.NUMBER, Kind.TIME) and 2 * self.odd.count > self.there:
            return Plan(Kind.TEXT)
        return None

    def values(self) -> NDArray[Any]:
        """Everything so far, in one piece; the parts are given up."""
        if not self.parts:
            return np.full(self.gaps, None, dtype=object)
        whole = self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)
        self.parts = []
        return whole

    def without_offset(self) -> NDArray[np.bool_]:
        """Which of the moments carry no offset: bool (n,)."""
        return np.concatenate(self.bare) if self.bare else np.zeros(0, dtype=bool)


def plain(column: pa.Array) -> pa.Array:
    """Without dictionaries and large or view offsets."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if (
        pa.types.is_null(column.type)
        or pa.types.is_large_string(column.type)
        or str(column.type) == "string_view"
    ):
        column = column.cast(pa.string())
    return column


def without_gaps(column: pa.Array) -> pa.Array:
    """Null where a word says that there is nothing."""
    gap = pc.is_in(column, value_set=pa.array(GAPS))
    return pc.if_else(gap, pa.scalar(None, pa.string()), column)


def as_strings(column: pa.Array) -> pa.Array:
    """As text; whole numbers without a point."""
    if pa.types.is_floating(column.type):
        values = numbers.as_float(column)
        known = values[np.isfinite(values)]
        if known.size and np.array_equal(known, np.floor(known)) and np.abs(known).max() < EXACT:
            column = pa.array(values, from_pandas=True).cast(pa.int64())
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def dated(column: pa.Array, name: str, answers: Answers) -> Plan | None:
    """The plan of numbers that a file knows the type of, under a heading that says date or time."""
    if not times.is_moment(name):
        return None
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    values = numbers.as_float(column)
    if not np.isfinite(values).any():
        return None
    if dense := plan.of_day(as_strings(column).drop_null(), name, answers):
        return dense
    return plan.of_days(values, name, answers)


def typed(kind: pa.DataType) -> Plan | None:
    """The plan of a column whose type Parquet knows; None for text and for nothing."""
    if pa.types.is_boolean(kind):
        return Plan(Kind.BOOLEAN, words=("false", "true"))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Plan(Kind.NUMBER)
    if pa.types.is_timestamp(kind):
        return Plan(Kind.TIME, "iso")
    return None
