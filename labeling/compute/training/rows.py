"""The rows of a training, and which of them are held out.

- The newest share of the measured rows is held out, apart for past parts and for parts since: so the holdout
  holds both, and no version is measured on rows that an earlier one was trained on.
- Rows of one part go to one side.
- Only rows that came by chance are measured; parts that the model chose to ask about train and never measure,
  because they are harder than the rest (Horvitz and Thompson would weigh them; leaving them out is simpler).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BASE, LABEL, INSPECTION = "base", "label", "inspection"
SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Rows:
    """``readings`` float64 (n, features), NaN where missing; ``label`` int64 (n,), the place among the
    registered classes; ``at`` seconds float64 (n,); ``by_chance`` bool (n,); the rest text (n,)."""

    readings: NDArray[np.float64]
    label: NDArray[np.int64]
    part: NDArray[np.str_]
    asset: NDArray[np.str_]
    source: NDArray[np.str_]
    at: NDArray[np.float64]
    by_chance: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.label)

    def take(self, which: NDArray[np.bool_]) -> Rows:
        return Rows(
            self.readings[which],
            self.label[which],
            self.part[which],
            self.asset[which],
            self.source[which],
            self.at[which],
            self.by_chance[which],
        )


def rows_of(
    *,
    readings: NDArray[np.float64],
    label: Sequence[str],
    part: Sequence[str],
    asset: Sequence[str],
    source: Sequence[str],
    at: Sequence[float] | NDArray[np.float64],
    by_chance: Sequence[bool],
    classes: Sequence[str],
) -> Rows:
    """Rows whose label is one of ``classes``; the others are left out. All inputs have length n."""
    place = {key: number for number, key in enumerate(classes)}
    numbers = np.array([place.get(one, -1) for one in label], dtype=np.int64)
    whole = Rows(
        readings=readings,
        label=numbers,
        part=np.array(part, dtype=np.str_),
        asset=np.array(asset, dtype=np.str_),
        source=np.array(source, dtype=np.str_),
        at=np.asarray(at, dtype=np.float64),
        by_chance=np.array(by_chance, dtype=np.bool_),
    )
    return whole.take(numbers >= 0)


def joined(first: Rows, second: Rows) -> Rows:
    """Both, in their order."""
    return Rows(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in Rows.__slots__))


def held_out(rows: Rows, share: float = SHARE) -> NDArray[np.bool_]:
    """Which rows measure: bool (n,); the newest ``share`` of past parts, and of parts since."""
    chosen = np.zeros(len(rows), dtype=np.bool_)
    for past in (True, False):
        stratum = ((rows.source == BASE) == past) & rows.by_chance
        if stratum.any():
            chosen |= stratum & np.isin(rows.part, _newest(rows.part[stratum], rows.at[stratum], share))
    return chosen


def trains(rows: Rows, measured: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows train: all whose part is not held out."""
    return ~np.isin(rows.part, np.unique(rows.part[measured]))


def _newest(part: NDArray[np.str_], at: NDArray[np.float64], share: float) -> NDArray[np.str_]:
    """The newest parts that together have at least ``share`` of the rows."""
    names, group, counts = np.unique(part, return_inverse=True, return_counts=True)
    last = np.full(len(names), -np.inf)
    np.maximum.at(last, group, at)
    order = np.lexsort((names, last))[::-1]
    enough = int(np.searchsorted(np.cumsum(counts[order]), share * len(part))) + 1
    return names[order[:enough]]
