"""Read columns made ready: their kind by everything that was seen, and what was wrong with single values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.model import Kind
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, quoted
from mlops_portal.foundation.registry.compute.tables.values import cells, moments, plan, sentinels, times
from mlops_portal.foundation.registry.compute.tables.values.cells import Seen
from mlops_portal.foundation.registry.compute.tables.values.gather import Gathering
from mlops_portal.foundation.wire.categories import Lexicon

FEW = 50  # distinct texts that are always categories
SOME = 200  # and these where each stands for many rows
NO_TRUTH = gettext_noop(
    "Column {column} holds “{no}” and “{yes}”, but “{value}” in row {row} ({count} in all); correct them,"
    " or make the column a category."
)


@dataclass(frozen=True, slots=True)
class Finished:
    values: NDArray[Any]
    kind: Kind
    words: tuple[str, str] | None
    form: str
    faults: list[Problem]


def finished(column: Gathering, numbers: NDArray[np.int64], *, fixed: bool) -> Finished:
    """What was gathered. ``fixed``: the plan is a person's, and values that do not fit are odd."""
    how, values = column.plan, column.values()
    if how is None:
        return Finished(values, Kind.EMPTY, None, "", [])
    if how.kind == Kind.NUMBER:
        values, faults = _numbers(column, values)
        return Finished(values, how.kind, None, how.form, faults)
    if how.kind == Kind.TIME:
        seconds, form, problems = moments.finished(column, values, numbers, fixed=fixed)
        return Finished(seconds, how.kind, None, form, [*faults_of(column, how.kind), *problems])
    if fixed and how.kind != Kind.BOOLEAN:
        return Finished(values, how.kind, None, "", [])
    words = how.words if fixed and how.words else plan.of_words(set(column.pool)).words
    if words is None:
        kind = Kind.CATEGORY if few(len(column.pool), column.there) else Kind.TEXT
        return Finished(values, kind, None, "", [])
    truths, odd = truths_of(values, words)
    seen = Seen()
    if odd.any():
        at = int(np.argmax(odd))
        seen = Seen(int(odd.sum()), int(numbers[at]), str(values[at]))
    faults = []
    if seen.count:
        faults.append(
            problem("mixed-types", NO_TRUTH, column=column.name, no=words[0], yes=words[1], **_where(seen))
        )
    return Finished(truths, Kind.BOOLEAN, words, "", faults)


def few(distinct: int, rows: int) -> bool:
    """Whether texts are categories: few, and not one for every row."""
    if distinct == rows and rows > 12:
        return False
    return distinct <= FEW or (distinct <= SOME and distinct <= 0.05 * rows)


def truths_of(values: NDArray[Any], words: tuple[str, str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Object (n,) as 0, 1 and NaN, and which are neither."""
    lexicon = Lexicon(words)
    known = {None: np.nan}
    for word in set(values.tolist()) - {None}:
        place = lexicon.place(word)
        known[word] = 2.0 if place is None else float(place)
    truths = np.array([known[word] for word in values.tolist()], dtype=np.float64)
    odd = truths == 2.0
    return np.where(odd, np.nan, truths), odd


def _numbers(column: Gathering, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[Problem]]:
    """The values settled as was said, and what did not fit in a column of numbers."""
    stand_ins = sentinels.stand_ins(values)
    if (column.near.units or stand_ins) and not values.flags.writeable:
        values = values.copy()
    odd, name = column.near, column.name
    strange = odd.bounds.count + odd.others.count + odd.words.count + odd.errors.count
    strange += odd.minus.count + odd.below.count
    plain = column.there - strange - sum(one.count for one in odd.units.values())
    problems = cells.settle(name, values, odd, plain, column.answers)
    if column.style and column.style.question and column.plan and column.plan.kind == Kind.NUMBER:
        problems.append(column.style.question)
    problems += sentinels.settle(name, values, stand_ins, column.answers)
    counts = bool(times.epoch_of(values))  # nanoseconds and ticks: their last digits tell nothing
    return values, [*problems, *faults_of(column, Kind.TIME if counts else Kind.NUMBER)]


def faults_of(column: Gathering, kind: Kind) -> list[Problem]:
    """What no number can hold, in a column of numbers or moments."""
    faults = []
    if column.infinite.count:
        faults.append(
            problem(
                "infinite",
                gettext_noop(
                    "Column {column} is infinite in row {row} ({count} in all); it counts as missing there."
                ),
                column=column.name,
                blocking=False,
                **_where(column.infinite),
            )
        )
    if column.inexact.count and kind == Kind.NUMBER:
        faults.append(
            problem(
                "too-large",
                gettext_noop(
                    "Column {column} has numbers too large to be kept to the last digit, first in row {row}"
                    " ({count} in all); if they name something, make the column text."
                ),
                column=column.name,
                blocking=False,
                **_where(column.inexact),
            )
        )
    return faults


def _where(seen: Seen) -> dict[str, Any]:
    return {"row": seen.row, "value": quoted(seen.value), "count": seen.count}
