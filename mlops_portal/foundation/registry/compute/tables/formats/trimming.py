"""Rows that are no rows of a table: empty ones, the header once more, totals at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.formats.layout import KEEP, LEAVE, is_total
from mlops_portal.foundation.registry.compute.tables.model import Format
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, quoted

Columns = dict[str, pa.Array]
FOOT = 6  # rows at the end that are looked at
AGAIN = gettext_noop(
    "The header stands again in row {row} ({count} times in all); these rows are left out, because they hold"
    " the columns' names."
)
AGAIN_KEPT = gettext_noop(
    "The header stands again in row {row} ({count} times in all), read as rows of the table."
)
TOTAL = gettext_noop(
    "Rows at the end, from row {row} on (“{value}”, {count} in all), are taken as totals and left out,"
    " because they sum the table up."
)
TOTAL_KEPT = gettext_noop(
    "Rows at the end, from row {row} on (“{value}”, {count} in all), look like totals and are kept."
)
NOTHING = gettext_noop("Rows that hold nothing are left out: {count}, first row {row}.")
LEAVE_OUT = gettext_noop("Leave them out")
AS_ROWS = gettext_noop("They are rows of the table")


@dataclass(slots=True)
class Met:
    """How many rows of a kind there are, and the first."""

    count: int = 0
    row: int = 0
    value: str = ""

    def add(self, numbers: NDArray[np.int64], value: str = "") -> None:
        if numbers.size and not self.count:
            self.row, self.value = int(numbers[0]), value
        self.count += int(numbers.size)


@dataclass(slots=True)
class Trim:
    """What was left out so far. ``whole``: every column is read, so that a row without a value is known to
    hold nothing; ``empty`` asks the file whether it has such lines."""

    form: Format
    whole: bool
    empty: Callable[[], bool]
    nothing: Met = field(default_factory=Met)
    again: Met = field(default_factory=Met)
    total: Met = field(default_factory=Met)
    known: bool | None = None

    def trimmed(
        self, columns: Columns, numbers: NDArray[np.int64], answers: Answers
    ) -> tuple[Columns, NDArray[np.int64]]:
        """Without empty rows and repeated headers."""
        if self.whole and len(self.form.names) > 1 and (blank := _blank(columns)).any() and self._empty():
            self.nothing.add(numbers[blank])
            columns, numbers = _kept(columns, numbers, ~blank)
        again = _headers(columns, self.form.header)
        if again.any():
            self.again.add(numbers[again])
            if answers.of("repeated-header", LEAVE, (LEAVE, KEEP)) == LEAVE:
                columns, numbers = _kept(columns, numbers, ~again)
        return columns, numbers

    def without_totals(
        self, columns: Columns, numbers: NDArray[np.int64], answers: Answers
    ) -> tuple[Columns, NDArray[np.int64]]:
        """Without rows at the end that sum the table up."""
        size = numbers.size
        end = size
        for place in range(size - 1, max(size - FOOT, 1) - 1, -1):
            cells = [str(column[place].as_py() or "") for column in columns.values()]
            if is_total(cells) and self._alone(columns, place):
                end = place
        if end == size:
            return columns, numbers
        first = next(cell for column in columns.values() if (cell := str(column[end].as_py() or "").strip()))
        self.total.add(numbers[end:], first)
        if answers.of("totals", LEAVE, (LEAVE, KEEP)) == KEEP:
            return columns, numbers
        keep = np.arange(size) < end
        return _kept(columns, numbers, keep)

    def _alone(self, columns: Columns, place: int) -> bool:
        """Whether the word is no ordinary value of its column."""
        for column in columns.values():
            word = str(column[place].as_py() or "")
            if word and is_total([word]):
                same = pc.sum(pc.equal(column, word)).as_py() if pa.types.is_string(column.type) else 0
                return int(same or 0) <= 1
        return False

    def said(self, answers: Answers) -> list[Problem]:
        listed = []
        if self.nothing.count:
            listed.append(
                problem("empty-rows", NOTHING, blocking=False, row=self.nothing.row, count=self.nothing.count)
            )
        for key, met, left, kept in (
            ("repeated-header", self.again, AGAIN, AGAIN_KEPT),
            ("totals", self.total, TOTAL, TOTAL_KEPT),
        ):
            if met.count:
                taken = answers.of(key, LEAVE, (LEAVE, KEEP))
                listed.append(
                    answers.question(
                        key,
                        left if taken == LEAVE else kept,
                        key=key,
                        guess=LEAVE,
                        options=((LEAVE, LEAVE_OUT), (KEEP, AS_ROWS)),
                        row=met.row,
                        count=met.count,
                        value=quoted(met.value),
                    )
                )
        return listed

    def _empty(self) -> bool:
        """Whether the file has lines without a word: a row of “NaN” is a row."""
        if self.known is None:
            self.known = self.empty()
        return self.known


def _kept(
    columns: Columns, numbers: NDArray[np.int64], keep: NDArray[np.bool_]
) -> tuple[Columns, NDArray[np.int64]]:
    mask = pa.array(keep)
    return {name: column.filter(mask) for name, column in columns.items()}, numbers[keep]


def _blank(columns: Mapping[str, pa.Array]) -> NDArray[np.bool_]:
    """Rows without a single value: bool (n,)."""
    blank = np.ones(max(map(len, columns.values()), default=0), dtype=bool)
    for column in columns.values():
        empty = column.is_null()
        if pa.types.is_string(column.type) and column.null_count < len(column):
            empty = pc.or_(empty, pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), True))
        blank &= empty.to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    return blank


def _headers(columns: Mapping[str, pa.Array], header: bool) -> NDArray[np.bool_]:
    """Rows that hold the columns' names: bool (n,)."""
    size = max(map(len, columns.values()), default=0)
    texts = {name: column for name, column in columns.items() if pa.types.is_string(column.type)}
    if not header or len(texts) < len(columns) or not texts:
        return np.zeros(size, dtype=bool)
    repeated = np.ones(size, dtype=bool)
    for name, column in texts.items():
        same = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), name), False)
        repeated &= same.to_numpy(zero_copy_only=False)
        if not repeated.any():
            break
    return repeated
