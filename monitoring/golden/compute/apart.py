"""Which rows a model must not be taught, because it is tested on them or on their like. Pure.

A row is left out for a part that is kept apart (a golden sample, or one proposed as such) where it is
- ``part``: a row of that very part, however its id is written (``wire.parts``): all its samples;
- ``equal``: the same readings, under whatever id;
- ``unit``: the same readings, some of them in another unit (``units``): a part that was recorded again in
  µm, inch or °F. A single reading is never so, and categories are the same or are not;
- ``near``: readings no further away than ``SHARE`` of their spread, as the root mean square over all readings
  (a category that differs, or a value that one of both lacks, counts as a whole spread);
- ``beside``: another sample of a part of which one sample is equal or near.
Equal and near are asked of the kept readings and of every row of the kept part. A single reading is never
near, only equal: on a line everything lies close to something. The spread of a reading is
that between its 5th and 95th percentile in the table of past parts, which never changes, so that the answer
for a row is the same before a training and long after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from mlops_portal.foundation.wire.parts import part_key
from monitoring.golden.compute.units import in_another_unit

F = NDArray[np.float64]
SHARE = 0.01
EQUAL = 1e-5  # of a spread: what float32 and a table's rounding make of one value
WORDS = 1.0  # the spread of a category
REASONS = ("part", "equal", "unit", "near", "beside")


@dataclass(frozen=True, slots=True)
class Kept:
    """A part that is kept apart: its code (“G-01”, or its id while it is only proposed), its id ("" where
    nobody knows it) and its readings (d,)."""

    code: str
    part: str
    readings: F


@dataclass(frozen=True, slots=True)
class Match:
    """Row ``row`` is left out for the kept part number ``kept``, for one of ``REASONS``."""

    row: int
    kept: int
    reason: str


def kept_of(parts: Iterable[tuple[str, str, Mapping[str, float | None]]], keys: Sequence[str]) -> list[Kept]:
    """Parts as (code, id, readings by key), rounded as a table's rows are (``edge_model.as_read``)."""
    kept = []
    for code, part, readings in parts:
        row = np.array([np.nan if (value := readings.get(key)) is None else float(value) for key in keys])
        with np.errstate(over="ignore"):
            kept.append(Kept(code, part, row.astype(np.float32).astype(np.float64)))
    return kept


def spread_of(readings: F, categories: Sequence[bool]) -> F:
    """Spread of each reading (d,) of rows (n, d); 1 for a category, so that two words are never near."""
    spread = np.full(readings.shape[1], WORDS)
    for place, words in enumerate(categories):
        values = readings[:, place][np.isfinite(readings[:, place])]
        if words or not values.size:
            continue
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        wide = float(high - low) or float(values.std())
        wide = max(wide, 1e-4 * abs(float(middle)), 1e-9)
        spread[place] = np.nextafter(WORDS, 2.0) if wide == WORDS else wide
    return spread


def matches(*, readings: F, part: Sequence[str], spread: F, kept: Sequence[Kept]) -> list[Match]:
    """Rows (n, d) with their ``part`` (n,) that may not be taught; a row once for each kept part."""
    if not len(readings) or not kept:
        return []
    keys = np.array([part_key(one) for one in part], dtype=np.str_)
    width = readings.shape[1]
    rows, reach = scaled(readings, spread), SHARE * np.sqrt(width) if width > 1 else EQUAL
    tree = cKDTree(rows)
    near: list[Match] = []
    for number, one in enumerate(kept):
        own = np.flatnonzero(keys == part_key(one.part)) if one.part else np.empty(0, dtype=np.intp)
        asked = np.concatenate([scaled(one.readings[None], spread), rows[own]])
        reason: dict[int, str] = {}
        for place in set().union(*map(set, tree.query_ball_point(asked, reach))):
            apart = np.abs(asked - rows[place]).max(axis=1).min()
            reason[int(place)] = "equal" if apart <= EQUAL else "near"
        for place in in_another_unit(
            np.concatenate([one.readings[None], readings[own]]), readings, fixed=spread == WORDS
        ):
            if reason.get(int(place)) != "equal":
                reason[int(place)] = "unit"
        others = np.setdiff1d(keys[np.array(list(reason), dtype=np.intp)], [part_key(one.part)])
        for place in np.flatnonzero(np.isin(keys, others)):
            reason.setdefault(int(place), "beside")
        reason |= {int(place): "part" for place in own}
        near.extend(Match(place, number, reason[place]) for place in sorted(reason))
    return near


def strongest(pairs: Iterable[Match]) -> dict[int, Match]:
    """The first reason of each row, in the order of ``REASONS``."""
    best: dict[int, Match] = {}
    for one in pairs:
        if one.row not in best or REASONS.index(one.reason) < REASONS.index(best[one.row].reason):
            best[one.row] = one
    return best


def scaled(readings: F, spread: F) -> F:
    """In spreads, and beside each reading whether it is missing: (n, 2 d)."""
    missing = ~np.isfinite(readings)
    with np.errstate(invalid="ignore"):
        return np.hstack([np.where(missing, 0.0, readings / spread), missing.astype(np.float64)])
