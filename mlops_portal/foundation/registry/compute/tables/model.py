"""What a table is: its columns, what each is for, and what was found in it.

- Numbers, moments (seconds since 1970, UTC) and truths (0, 1) are float64 with NaN where missing; everything
  else is an object array of text or None.
- Rows are counted as a person counts them in a spreadsheet: the header is row 1. Parquet has no header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.problem import Problem
from mlops_portal.foundation.wire.categories import GAPS, alike


class Kind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"
    BOOLEAN = "boolean"
    TIME = "time"
    TEXT = "text"
    EMPTY = "empty"


class Role(StrEnum):
    READING = "reading"
    TARGET = "target"
    TIME = "time"
    PART = "part"
    LINE = "line"  # the asset or line that a row comes from
    LOT = "lot"
    IGNORE = "ignore"


NUMERIC = frozenset({Kind.NUMBER, Kind.TIME, Kind.BOOLEAN})


def missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a column (n,) has no value: bool (n,)."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    return np.fromiter((one is None for one in values), np.bool_, values.size)


def coded(values: NDArray[Any]) -> tuple[NDArray[np.int64], list[Any], NDArray[np.int64]]:
    """A column (n,) by its values: codes int64 (n,) in the order of appearance, -1 where missing; the values;
    and the index of the first of each."""
    if values.dtype.kind == "f":
        values = values + 0.0  # there is one zero
    encoded = pa.array(values, from_pandas=True).dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1) > 0) if codes.size else codes
    return codes, encoded.dictionary.to_pylist(), first


@dataclass(frozen=True, slots=True)
class Column:
    """``categories`` of a boolean are the words for false and true. ``time_format`` is ``iso``, ``dmy``,
    ``mdy``, ``yy`` (26-01-31), ``ymd`` (20260131), ``excel`` (days since 1899-12-30), ``excel1904``,
    ``epoch_s``, ``epoch_ms``, ``epoch_us``, ``epoch_ns`` or ``order`` (a count that rises with time), with
    ``@Europe/Berlin`` behind it where moments without a zone are not UTC. ``clock``: the column that holds
    the time of day of these dates."""

    name: str
    key: str
    kind: Kind
    role: Role
    unit: str = ""
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    time_format: str = ""
    clock: str = ""
    missing: int = 0
    distinct: int = 0
    constant: bool = False
    ignore_case: bool | None = None  # words that differ by case alone are one; None: nobody said
    gaps_are_values: bool = False  # NA, null and the like are words like others

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Column:
        """Raises ValueError or KeyError for what is no column."""
        known = {one.name for one in fields(cls)}
        values = {key: value for key, value in stored.items() if key in known}
        values |= {"kind": Kind(stored["kind"]), "role": Role(stored["role"])}
        return cls(**values | {"categories": tuple(stored.get("categories") or ())})


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a table in the order of the file. ``notes``: why the guess put a column aside."""

    columns: tuple[Column, ...]
    notes: tuple[Problem, ...] = ()

    def by_role(self, role: Role) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.role == role)

    def _only(self, role: Role) -> Column | None:
        return next((one for one in self.columns if one.role == role), None)

    @property
    def target(self) -> Column | None:
        return self._only(Role.TARGET)

    @property
    def time(self) -> Column | None:
        return self._only(Role.TIME)

    @property
    def part(self) -> Column | None:
        return self._only(Role.PART)

    @property
    def line(self) -> Column | None:
        return self._only(Role.LINE)

    @property
    def lot(self) -> Column | None:
        return self._only(Role.LOT)

    @property
    def readings(self) -> tuple[Column, ...]:
        return self.by_role(Role.READING)

    def named(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)

    def changed(self, name: str, **to: Any) -> Schema:
        """The schema with one column corrected."""
        columns = (replace(one, **to) if one.name == name else one for one in self.columns)
        return replace(self, columns=tuple(columns))

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [asdict(one) | {"categories": list(one.categories)} for one in self.columns],
            "notes": [one.to_json() for one in self.notes],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Schema:
        return cls(
            columns=tuple(Column.from_json(one) for one in stored["columns"]),
            notes=tuple(Problem.from_json(one) for one in stored.get("notes", ())),
        )


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. ``delimiter`` " " stands for runs of blanks; ``skip`` lines come before the
    header (or the first row), ``second`` rows of units below it; ``units`` by column; ``join``: the fields
    at this place and behind it are one number that a decimal comma cut in two (-1: none); ``decimal_seen``:
    the decimal sign was seen and not supposed; ``faults`` were seen while finding this out."""

    kind: str  # "text" or "parquet"
    names: tuple[str, ...]
    compression: str = ""
    member: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    decimal_seen: bool = False
    header: bool = True
    skip: int = 0
    second: int = 0
    units: Mapping[str, str] = field(default_factory=dict)
    join: int = -1
    faults: tuple[Problem, ...] = ()
    gaps: tuple[str, ...] = GAPS


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as text ("" where missing), with their row numbers."""

    format: Format
    names: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]


@dataclass(slots=True)
class Frame:
    """``columns`` by name, each (rows,). ``words`` of truths: (false, true). ``numbers`` int64 (rows,): the
    row in the file. ``spelt``: words that were written otherwise in the file, ``gap_words``: words that were
    taken for nothing, ``joined``: words that count as one because they differ by case alone, each with how
    often. ``clocks``: by a column of moments the one that held their time of day. ``faults``: what was wrong
    with single rows and values, and what was guessed of them."""

    columns: dict[str, NDArray[Any]]
    rows: int
    format: Format
    kinds: dict[str, Kind]
    words: dict[str, tuple[str, str]] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    faults: list[Problem] = field(default_factory=list)
    spelt: dict[str, dict[str, int]] = field(default_factory=dict)
    gap_words: dict[str, dict[str, int]] = field(default_factory=dict)
    joined: dict[str, dict[str, int]] = field(default_factory=dict)
    clocks: dict[str, str] = field(default_factory=dict)

    def row_of(self, index: int) -> int:
        """The row in the file that row ``index`` (from 0) of this frame comes from."""
        return int(self.numbers[index])

    def join(self, name: str) -> None:
        """Words of a column that differ by case alone become the most frequent of them."""
        codes, words, _ = coded(self.columns[name])
        counts = np.bincount(codes[codes >= 0], minlength=len(words))
        groups = alike(zip(words, counts.tolist(), strict=True))
        lead = {word: group[0][0] for group in groups for word, _count in group}
        if groups:
            self.joined[name] = {word: count for group in groups for word, count in group}
            spelt = [lead.get(word, word) for word in words]
            self.columns[name] = np.array([*spelt, None], dtype=object)[codes]

    def text(self, name: str) -> NDArray[Any]:
        """A column of any kind as text, None where missing: whole numbers without a point, truths as their
        words. Object (rows,)."""
        values = self.columns[name]
        if self.kinds[name] not in NUMERIC:
            return values
        codes, values_once, _ = coded(values)
        words = [self._word(name, one) for one in values_once]
        return np.array([*words, None], dtype=object)[codes]

    def word(self, name: str, index: int) -> str:
        """One value as text, "" where missing."""
        value = self.columns[name][index]
        written = value if self.kinds[name] not in NUMERIC else self._word(name, float(value))
        return "" if written is None else str(written)

    def _word(self, name: str, value: float) -> str | None:
        if np.isnan(value):
            return None
        if name in self.words:
            return self.words[name][int(value)]
        return str(int(value)) if value.is_integer() else repr(value)

    def matrix(self, names: Iterable[str]) -> NDArray[np.float64]:
        """Numeric columns side by side: float64 (rows, len(names)); KeyError for another name."""
        picked = [self.columns[one] for one in names]
        return np.column_stack(picked) if picked else np.zeros((self.rows, 0))
