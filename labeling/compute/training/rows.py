"""The rows of a training, and which of them are held out.

- The newest share of the measured rows is held out, apart for past parts and for parts since: so the holdout
  holds both, and no version is measured on rows that an earlier one was trained on.
- Past parts without an order in time are held out by chance: the share of each class, drawn by a hash of the
  part under a fixed seed, so that every run holds out the same parts.
- Rows of one part go to one side.
- Only rows that came by chance are measured; parts that the model chose to ask about train and never measure,
  because they are harder than the rest (Horvitz and Thompson would weigh them; leaving them out is simpler).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

BASE = "base"  # rows of the dataset; the others say who gave their truth
SHARE = 0.2
SEED = b"held out"


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


def held_out(rows: Rows, share: float = SHARE, *, ordered: bool = True) -> NDArray[np.bool_]:
    """Which rows measure: bool (n,); the newest ``share`` of past parts, and of parts since.

    ``ordered`` False: past parts have no order in time, and a share of each class is drawn instead.
    """
    chosen = np.zeros(len(rows), dtype=np.bool_)
    for past in (True, False):
        stratum = ((rows.source == BASE) == past) & rows.by_chance
        if not stratum.any():
            continue
        if past and not ordered:
            parts = _drawn(rows.part[stratum], rows.label[stratum], share)
        else:
            parts = _newest(rows.part[stratum], rows.at[stratum], share)
        chosen |= stratum & np.isin(rows.part, parts)
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


def _drawn(part: NDArray[np.str_], label: NDArray[np.int64], share: float) -> NDArray[np.str_]:
    """Parts drawn by their hash, in each class as many as together have at least ``share`` of its rows.

    A part belongs to the rarest of its rows' classes; a class of one part alone trains.
    """
    names, group, counts = np.unique(part, return_inverse=True, return_counts=True)
    each = np.bincount(label)
    rarity = np.argsort(np.argsort(-each, kind="stable"), kind="stable")  # the rarest comes last
    of = np.full(len(names), -1, dtype=np.int64)
    np.maximum.at(of, group, rarity[label])
    hashes = np.array([blake2b(name.encode(), key=SEED, digest_size=8).digest() for name in names])
    chosen: list[NDArray[np.str_]] = [names[:0]]
    for place in np.unique(of):
        own = np.flatnonzero(of == place)
        if len(own) < 2:
            continue
        own = own[np.argsort(hashes[own], kind="stable")]
        rows = np.cumsum(counts[own])
        enough = int(np.searchsorted(rows, share * rows[-1])) + 1
        chosen.append(names[own[: min(enough, len(own) - 1)]])
    return np.concatenate(chosen)
