"""Columns that tell the target instead of predicting it.

- One that decides the target alone, for every row: each of its values has one class, or thresholds part the
  classes without a single exception.
- Truths that, where they are set, mean one class, and together cover it (the kinds of failure beside
  “failed or not”); the truths that stand between and beside them count too, if they are as rare.
- A truth named after the target (“fault_active” beside “fault”).
- A measured target: a column that is it, or it times a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.guessing.roles import CLASSES, Facts
from mlops_portal.foundation.registry.compute.tables.headings import words_of
from mlops_portal.foundation.registry.compute.tables.model import NUMERIC, Kind, coded, missing

ENOUGH = 30  # rows, before “without exception” says anything
PROBED = 500  # rows of a class
RARE = 5
FEW = 50  # values of a column that are looked at one by one
PURE, COVERED = 0.95, 0.95


@dataclass(slots=True)
class Leaks:
    """Names of columns: those that decide alone, or together; named after the target; copies of it."""

    alone: list[str] = field(default_factory=list)
    together: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {*self.alone, *self.together, *self.named, *self.copies}


def leaks_of(target: Facts, others: Sequence[Facts]) -> Leaks:
    """Which of ``others`` tell ``target``; nothing where too few rows have both."""
    leaks = Leaks()
    known = ~missing(target.values)
    if known.sum() < ENOUGH or target.constant:
        return leaks
    if target.distinct > CLASSES:
        measured = target.kind in NUMERIC
        leaks.copies = [
            one.name for one in others if measured and one.kind in NUMERIC and _copies(one, target)
        ]
        return leaks
    classes = coded(target.values)[0]
    probe = probe_of(classes)
    for one in others:
        if not one.constant and decides(one, classes, known, probe):
            leaks.alone.append(one.name)
        elif _named_after(one, target):
            leaks.named.append(one.name)
    rest = [one for one in others if one.name not in leaks.names]
    leaks.together = together(rest, classes, known)
    return leaks


def probe_of(classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Some rows of every class: a column that fails on them needs no look at all the others."""
    narrow = classes.astype(np.int16)  # sorted in one pass; there are few classes
    order = np.argsort(narrow, kind="stable")
    starts = np.flatnonzero(np.diff(narrow[order], prepend=-2))
    return np.concatenate([rows[:: max(1, rows.size // PROBED)] for rows in np.split(order, starts[1:])])


def decides(
    one: Facts, classes: NDArray[np.int64], known: NDArray[np.bool_], probe: NDArray[np.int64]
) -> bool:
    """Whether the column alone tells the class of every row where it is not missing, and misses few."""
    gap = missing(one.values)
    both = known & ~gap
    rows = np.flatnonzero(both)
    if rows.size < max(ENOUGH, 0.5 * known.sum()):
        return False
    few = one.distinct <= min(FEW, rows.size / 5)
    if not few and one.kind not in NUMERIC:
        return False
    test = _each_one_class if few else _parted
    return all(test(one.values[some], classes[some]) for some in (probe[both[probe]], rows))


def _each_one_class(values: NDArray[Any], classes: NDArray[np.int64]) -> bool:
    """Each value has one class; or of two values each class has one (one column a class)."""
    kinds = np.unique(classes).size
    if kinds < 2:
        return False
    codes = coded(values)[0]
    pairs = np.unique(codes * (int(classes.max()) + 1) + classes).size
    count = int(codes.max()) + 1
    return pairs == count or (count == 2 and pairs == kinds)


def _parted(values: NDArray[np.float64], classes: NDArray[np.int64]) -> bool:
    """Sorted by value every class stands in one piece, and no value belongs to two."""
    if values.size < ENOUGH or values.size - np.bincount(classes).max() < RARE:
        return False  # a few rows are parted by chance
    order = np.argsort(values, kind="stable")
    ordered, lined = values[order], classes[order]
    changes = np.flatnonzero(np.diff(lined))
    if changes.size != np.unique(classes).size - 1:
        return False
    return bool((ordered[changes] < ordered[changes + 1]).all())


def _is_truth(one: Facts) -> bool:
    if one.kind == Kind.BOOLEAN:
        return True
    return (
        one.kind == Kind.NUMBER
        and one.distinct == 2
        and bool(np.isin(one.values[~np.isnan(one.values)], (0, 1)).all())
    )


def together(others: Sequence[Facts], classes: NDArray[np.int64], known: NDArray[np.bool_]) -> list[str]:
    """Truths that are set only in one class each, and together cover all rows of those classes."""
    truths = [one for one in others if _is_truth(one)]
    pure: dict[int, list[Facts]] = {}
    for one in truths:
        of = classes[known & (np.nan_to_num(one.values) == 1)]
        if of.size >= 3:
            most = int(np.bincount(of).argmax())
            if (of == most).mean() >= PURE and (classes[known] == most).mean() < 0.5:
                pure.setdefault(most, []).append(one)
    telling: list[Facts] = []
    for label, group in pure.items():
        rows = known & (classes == label)
        set_at = np.any([np.nan_to_num(one.values) == 1 for one in group], axis=0)
        if len(group) > 1 and set_at[rows].mean() >= COVERED:
            telling += group
    if len(telling) < 2:
        return []
    return _with_neighbours(others, telling)


def _with_neighbours(others: Sequence[Facts], telling: Sequence[Facts]) -> list[str]:
    """The whole run of truths around those that tell, as far as they are as rare."""
    telling_names = {one.name for one in telling}
    often = 2 * max(float(np.nanmean(one.values)) for one in telling)
    names: list[str] = []
    run: list[str] = []
    for one in [*others, None]:
        if one is not None and _is_truth(one) and np.nanmean(one.values) <= often:
            run.append(one.name)
            continue
        names += [name for name in run if name in telling_names or len(telling_names & set(run)) > 1]
        run = []
    return names


def _named_after(one: Facts, target: Facts) -> bool:
    wanted, unit_words = words_of(target.name), words_of(one.name)
    longer = len(unit_words) > len(wanted) and unit_words[: len(wanted)] == wanted
    return longer and max(map(len, wanted), default=0) > 2 and one.distinct <= 2 * target.distinct


def _copies(one: Facts, target: Facts) -> bool:
    both = ~np.isnan(one.values) & ~np.isnan(target.values)
    if both.sum() < ENOUGH or one.constant:
        return False
    first, second = one.values[both], target.values[both]
    if first.std() == 0 or second.std() == 0:
        return False
    return abs(float(np.corrcoef(first, second)[0, 1])) > 1 - 1e-9
