"""Any table as a frame.

- A file is read once; columns whose later values say something else than the first are read again.
- Memory is that of the arrays and one block of the file, whatever the file's size.
- Raises TableUnreadable where there is no table; what is wrong with rows and values stands in ``faults``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.checks.readings import emptied
from mlops_portal.foundation.registry.compute.tables.columns import unknown_column
from mlops_portal.foundation.registry.compute.tables.formats import parquets, texts
from mlops_portal.foundation.registry.compute.tables.formats.texts import Batch
from mlops_portal.foundation.registry.compute.tables.formats.unpack import opened
from mlops_portal.foundation.registry.compute.tables.model import (
    NUMERIC,
    Format,
    Frame,
    Kind,
    Preview,
    Schema,
    missing,
)
from mlops_portal.foundation.registry.compute.tables.ordering import in_order
from mlops_portal.foundation.registry.compute.tables.problem import (
    Problem,
    TableUnreadable,
    gettext_noop,
    unreadable,
)
from mlops_portal.foundation.registry.compute.tables.values import clocks, plan
from mlops_portal.foundation.registry.compute.tables.values.finish import finished
from mlops_portal.foundation.registry.compute.tables.values.gather import Gathering, as_strings, plain
from mlops_portal.foundation.registry.compute.tables.values.plan import Plan, numeric
from mlops_portal.foundation.wire.categories import GAPS

WORDS = (Kind.CATEGORY, Kind.BOOLEAN)
LOOKED_AT, FEW_NUMBERS = 5_000, 10
CELLS = 125_000_000  # 1 GB of float64
TOO_LARGE = gettext_noop("The table has more than {most} million values; bring fewer rows or columns.")
Progress = Callable[[int, int], None]
Plans = dict[str, Plan]


def sniff(path: Path, *, name: str = "") -> Format:
    """How the file is written, by its content (its name is not asked). Raises TableUnreadable."""
    return preview(path, name=name, rows=1).format


def preview(path: Path, *, name: str = "", rows: int = 50, answers: Answers = NONE) -> Preview:
    """The header and the first ``rows`` rows as text, in constant memory. Raises TableUnreadable."""
    file, head = opened(path)
    with file:
        if not parquets.is_parquet(path, file, head):
            form, sniffed = texts.sniff_text(file, head, answers)
            start = form.skip + form.header + form.second + 1
            numbered = [
                (start + n, row) for n, row in enumerate(sniffed.records) if any(c.strip() for c in row)
            ][:rows]
            wide = len(form.names)
            whole = [_joined(row, form) for _, row in numbered]
            shown = [[*row[:wide], *[""] * (wide - len(row))] for row in whole]
            return Preview(form, form.names, shown, [number for number, _ in numbered])
        with parquets.whole(path, file, head) as source:
            table = parquets.opened(source)
            form = parquets.sniff_parquet(file, table)
            batch = next(parquets.batches(table, form, form.names, file.size))
            shown = [
                ["" if value is None else str(value) for value in row]
                for row in zip(*(column[:rows].to_pylist() for column in batch.columns.values()), strict=True)
            ]
            return Preview(form, form.names, shown, batch.numbers[:rows].tolist())


def _joined(row: list[str], form: Format) -> list[str]:
    if form.join < 0 or len(row) <= len(form.names):
        return row
    return [*row[: form.join], ",".join(row[form.join : form.join + 2]), *row[form.join + 2 :]]


@contextmanager
def _batches(
    path: Path,
    form: Format,
    only: tuple[str, ...],
    faults: list[Problem],
    fast: tuple[str, ...] = (),
    answers: Answers = NONE,
) -> Iterator[Iterator[Batch]]:
    file, head = opened(path)
    with file:
        if form.kind == "text":
            yield texts.batches(file, head, form, only, faults, fast, answers)
            return
        with parquets.whole(path, file, head) as source:
            yield parquets.batches(parquets.opened(source), form, only, file.size)


def read(
    path: Path,
    *,
    name: str = "",
    schema: Schema | None = None,
    progress: Progress | None = None,
    answers: Answers = NONE,
) -> Frame:
    """The whole table; with a ``schema`` its columns alone, each as the kind that the schema says, and its
    rows in the order of time where that is known to be another."""
    seen = preview(path, name=name, rows=500, answers=answers)
    form = seen.format
    only, fixed, lost = _wanted(form, schema)
    form = _with_words(form, fixed)
    faults = [*form.faults, *lost]
    way = Reading(path, form, only, faults, answers, progress, _clocks(seen, fixed, answers, schema))
    columns, numbers = _pass(way, fixed, fast=numeric(seen, fixed))
    again = _again(columns, only, fixed, answers)
    if again:
        kept, _ = _pass(replace(way, faults=[]), again, keep=tuple(again))
        columns |= {one: kept[one] for one in again}
    frame = _frame(form, columns, numbers, faults, fixed, way.clocks)
    literal = {one for one, how in fixed.items() if how.literal}
    for one, how in fixed.items():
        if how.ignore_case and frame.kinds[one] not in NUMERIC and frame.kinds[one] != Kind.EMPTY:
            frame.join(one)
    frame.gap_words = gap_words(
        path, form, [one for one in only if one not in literal and _gappy(frame, one)]
    )
    if schema is None:
        return frame
    return emptied(in_order(frame, schema, answers), schema, answers)


def _gappy(frame: Frame, name: str) -> bool:
    """Whether a word may have been taken for nothing in a column of words, or of a few numbers."""
    values, kind = frame.columns[name], frame.kinds[name]
    if kind == Kind.NUMBER and np.unique(values[:LOOKED_AT]).size > FEW_NUMBERS:
        return False
    return kind in (Kind.NUMBER, *WORDS) and bool(missing(values).any())


def gap_words(path: Path, form: Format, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """The words of columns that are taken for nothing (``wire.categories.GAPS``), with how often."""
    if form.kind != "text" or not names:
        return {}
    words, tallies = pa.array(GAPS[1:]), {name: Counter[str]() for name in names}
    with _batches(path, replace(form, gaps=("",)), tuple(names), []) as batches:
        for batch in batches:
            for name, column in batch.columns.items():
                seen = column.filter(pc.fill_null(pc.is_in(column, value_set=words), False))
                tallies[name].update(seen.to_pylist())
    return {name: dict(tally) for name, tally in tallies.items() if tally}


def _clocks(seen: Preview, fixed: Plans, answers: Answers, schema: Schema | None) -> dict[str, str]:
    """The column with the time of day by each column of dates."""
    if schema is not None:
        return {name: how.clock for name, how in fixed.items() if how.clock in seen.names}
    paired = clocks.pairs(seen)
    return {
        date: clock for date, clock in paired.items() if answers.given.get(f"date-time:{date}") != "apart"
    }


def _again(columns: dict[str, Gathering], only: tuple[str, ...], fixed: Plans, answers: Answers) -> Plans:
    """Columns that are read once more in another way, as their later values or another column's dates say."""
    again: Plans = {one: better for one in only if one not in fixed and (better := columns[one].better())}
    plans = {name: column.plan for name, column in columns.items() if column.plan and name not in fixed}
    sure = {how.form for how in plans.values() if how.form in (plan.DMY, plan.MDY) and not how.doubt}
    for name, how in plans.items():
        if how.doubt == "zone" and len(sure) == 1 and f"date-order:{name}" not in answers.given:
            again.setdefault(name, replace(how, form=next(iter(sure)), doubt="columns"))
    return again


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of reading a file. ``clocks``: by a column of dates the one with the time of day."""

    path: Path
    form: Format
    only: tuple[str, ...]
    faults: list[Problem]
    answers: Answers = NONE
    progress: Progress | None = None
    clocks: Mapping[str, str] = field(default_factory=dict)

    def plans(self, plans: Plans) -> Plans:
        """With the times of day as text, and each date knowing its own."""
        own = {clock: Plan(Kind.TEXT) for clock in self.clocks.values()}
        return {**plans, **own}

    def values(self, batch: Batch, name: str) -> pa.Array:
        if name not in self.clocks:
            return batch.columns[name]
        pair = (batch.columns[name], batch.columns[self.clocks[name]])
        return clocks.joined(*(as_strings(plain(one)) for one in pair))


def _fresh(
    form: Format, only: tuple[str, ...], plans: Plans, answers: Answers = NONE
) -> dict[str, Gathering]:
    return {one: Gathering(one, form, plans.get(one), answers) for one in only}


def _wanted(form: Format, schema: Schema | None) -> tuple[tuple[str, ...], Plans, list[Problem]]:
    """The columns to read, the plans that a schema gives, and the columns of it that are not there."""
    if schema is None:
        return form.names, {}, []
    fixed = {one.name: plan.of_column(one) for one in schema.columns if one.name in form.names}
    lost = [unknown_column(one.name, form.names) for one in schema.columns if one.name not in form.names]
    if not fixed:
        raise TableUnreadable(lost[0]) if lost else _no_columns()
    return tuple(name for name in form.names if name in fixed), fixed, lost


def _with_words(form: Format, fixed: Plans) -> Format:
    """Words for nothing are kept where one of the columns has them as values."""
    return replace(form, gaps=("",)) if any(one.literal for one in fixed.values()) else form


def _no_columns() -> TableUnreadable:
    return unreadable("no-columns", gettext_noop("The schema names no column."))


def _pass(
    how: Reading,
    plans: Plans,
    *,
    keep: tuple[str, ...] | None = None,
    fast: tuple[str, ...] = (),
) -> tuple[dict[str, Gathering], NDArray[np.int64]]:
    """Read everything, and gather the columns ``keep`` (all of ``only``)."""
    columns_read = how.only if keep is None else keep
    columns = _fresh(how.form, columns_read, how.plans(plans), how.answers)
    parts, rows = [np.zeros(0, np.int64)], 0
    faults: list[Problem] = []
    try:
        with _batches(how.path, how.form, how.only, faults, fast, how.answers) as batches:
            for batch in batches:
                rows += batch.numbers.size
                _bearable(rows * len(how.only))
                parts.append(batch.numbers)
                for one, column in columns.items():
                    column.add(how.values(batch, one), batch.numbers)
                if how.progress:
                    how.progress(batch.position, batch.size)
    except texts.NotNumbers:
        return _pass(how, plans, keep=keep)
    how.faults.extend(faults)
    for one, clock in how.clocks.items():
        if one in columns and (made := columns[one].plan) is not None:
            columns[one].plan = replace(made, clock=clock)
    return columns, np.concatenate(parts)


def _bearable(cells: int) -> None:
    if cells > CELLS:
        most = CELLS // 1_000_000
        raise unreadable("too-large", TOO_LARGE, most=most)


def _frame(
    form: Format,
    columns: dict[str, Gathering],
    numbers: NDArray[np.int64],
    faults: list[Problem],
    fixed: Plans,
    clocks: Mapping[str, str] | None = None,
) -> Frame:
    frame = Frame({}, numbers.size, form, {}, clocks=dict(clocks or {}), numbers=numbers, faults=list(faults))
    for one in columns:
        column = finished(columns[one], numbers, fixed=one in fixed)
        frame.columns[one], frame.kinds[one] = column.values, column.kind
        frame.faults += column.faults
        if columns[one].spelt and column.kind in WORDS:
            frame.spelt[one] = dict(columns[one].spelt)
        if column.words:
            frame.words[one] = column.words
        if column.form:
            frame.times[one] = column.form
    return frame
