"""A column as it is read, batch by batch: values, and what stood there that does not fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.registry.compute.tables import numbers, plan, times
from mlops_portal.registry.compute.tables.model import NUMERIC, Format, Kind
from mlops_portal.registry.compute.tables.plan import Plan
from mlops_portal.wire.categories import GAPS, as_text

EXACT = float(2**53)
MOST_SPELT = 1_000


@dataclass(slots=True)
class Seen:
    """How often something stood in the column, and where first."""

    count: int = 0
    row: int = 0
    value: str = ""

    def add(self, where: NDArray[np.bool_], rows: NDArray[np.int64], texts: pa.Array | None) -> None:
        found = int(np.count_nonzero(where))
        if found and not self.count:
            at = int(np.argmax(where))
            self.row = int(rows[at])
            self.value = "" if texts is None else str(texts[at].as_py())
        self.count += found


@dataclass(slots=True)
class Gathering:
    """One column. Without a plan the first values make one."""

    name: str
    format: Format
    plan: Plan | None = None
    parts: list[NDArray[Any]] = field(default_factory=list)
    pool: dict[str, str] = field(default_factory=dict)
    spelt: Counter[str] = field(default_factory=Counter)  # words in another than their one form
    there: int = 0  # values that are not missing
    gaps: int = 0  # missing ones before there was a plan
    odd: Seen = field(default_factory=Seen)
    infinite: Seen = field(default_factory=Seen)
    inexact: Seen = field(default_factory=Seen)
    swapped: Seen = field(default_factory=Seen)  # moments that fit with day and month changed about
    day: int = 0
    month: int = 0

    def add(self, found: pa.Array, rows: NDArray[np.int64]) -> None:
        """Take the values of ``rows``; text (as CSV has it) or what Parquet knows the type of."""
        found = plain(found)
        if self.format.gaps != GAPS and pa.types.is_string(found.type):
            found = found if self.plan and self.plan.literal else without_gaps(found)
        if self.plan is None:
            self.plan = typed(found.type) or plan.of_texts(found, self.format)
            if self.plan is None:
                self.gaps += len(found)
                return
            if self.gaps:
                self.parts.append(self._missing(self.gaps))
        self.there += len(found) - found.null_count
        self.parts.append(self._values(found, rows, self.plan))

    def _missing(self, count: int) -> NDArray[Any]:
        if self.plan and self.plan.kind in NUMERIC and self.plan.kind != Kind.BOOLEAN:
            return np.full(count, np.nan)
        return np.full(count, None, dtype=object)

    def _values(self, found: pa.Array, rows: NDArray[np.int64], how: Plan) -> NDArray[Any]:
        if how.kind == Kind.NUMBER:
            return self._numbers(found, rows)
        if how.kind == Kind.TIME:
            return self._moments(found, rows, how.form)
        return self._words(as_strings(found))

    def _numbers(self, found: pa.Array, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        texts = found if pa.types.is_string(found.type) else None
        if texts is None:
            values = numbers.as_float(found)
        else:
            values, odd = numbers.parse(texts, self.format.decimal, self.format.thousands)
            if odd is not None:
                self.odd.add(odd, rows, texts)
        with np.errstate(invalid="ignore"):
            large = np.abs(values) > EXACT
        if large.any():
            endless = np.isinf(values)
            self.infinite.add(endless, rows, texts)
            self.inexact.add(large & ~endless, rows, texts)
            values = np.where(endless, np.nan, values)
        return values

    def _moments(self, found: pa.Array, rows: NDArray[np.int64], form: str) -> NDArray[np.float64]:
        if pa.types.is_timestamp(found.type):
            zone = form.partition("@")[2]
            if found.type.tz is None and zone:
                found = pc.assume_timezone(found, zone, ambiguous="earliest", nonexistent="latest")
            if found.type.unit == "ns":  # float64 tells microseconds apart, not nanoseconds
                found = found.cast(pa.timestamp("us", found.type.tz), safe=False)
            per = times.EPOCHS[f"epoch_{found.type.unit}"]
            return numbers.as_float(found.cast(pa.int64())) / per
        if (per_second := times.EPOCHS.get(form.partition("@")[0])) is not None:
            return self._numbers(found, rows) / per_second
        texts = as_strings(found)
        moments = times.parse(texts, form)
        self.day, self.month = max(self.day, moments.day), max(self.month, moments.month)
        if moments.odd is not None:
            self.odd.add(moments.odd, rows, texts)
            if form.startswith("dmy"):
                other = times.parse(texts, form.replace("dmy", "mdy"))
                self.swapped.add(moments.odd & np.isfinite(other.seconds), rows, texts)
        return moments.seconds

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
        if self.swapped.count and self.day <= 12:
            return Plan(Kind.TIME, self.plan.form.replace("dmy", "mdy"))
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


def plain(found: pa.Array) -> pa.Array:
    """Without dictionaries and large or view offsets."""
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    if (
        pa.types.is_null(found.type)
        or pa.types.is_large_string(found.type)
        or str(found.type) == "string_view"
    ):
        found = found.cast(pa.string())
    return found


def without_gaps(found: pa.Array) -> pa.Array:
    """Null where a word says that there is nothing."""
    gap = pc.is_in(found, value_set=pa.array(GAPS))
    return pc.if_else(gap, pa.scalar(None, pa.string()), found)


def as_strings(found: pa.Array) -> pa.Array:
    return found if pa.types.is_string(found.type) else found.cast(pa.string())


def typed(kind: pa.DataType) -> Plan | None:
    """The plan of a column whose type Parquet knows; None for text and for nothing."""
    if pa.types.is_boolean(kind):
        return Plan(Kind.BOOLEAN, words=("false", "true"))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Plan(Kind.NUMBER)
    if pa.types.is_timestamp(kind):
        return Plan(Kind.TIME, "iso")
    return None
