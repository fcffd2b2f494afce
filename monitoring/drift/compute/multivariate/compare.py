"""Both tests over the rows of then and now, ready to be kept: the step from tables to one answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from monitoring.drift.compute.multivariate.blocks import (
    LEAST,
    Apart,
    Sides,
    cut,
    length_of,
    memories,
)
from monitoring.drift.compute.multivariate.subspace import Beyond, subspace
from monitoring.drift.compute.multivariate.two_sample import two_sample

MOST, RANKED = 4000, 8
F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """``readings`` (n, d), NaN where missing, in the order of their moments ``at`` (n,) in seconds; where
    ``at`` is None the order means nothing."""

    readings: F
    at: F | None

    @property
    def gap(self) -> float:
        """Median seconds between two rows; NaN where that is not known."""
        return float(np.median(np.diff(self.at))) if self.at is not None and len(self.at) > 1 else np.nan


def compare(
    then: Rows, now: Rows, *, keys: Sequence[str], numeric: Sequence[bool], same: bool, seed: int = 0
) -> dict[str, Any]:
    """What tells rows ``now`` from ``then``; ``numeric`` (d,) says which columns T² and Q are about, ``same``
    that both are samples of one machine with one inclusion probability.

    {"n", "m", "blocks": [then, now], "classifier": {"auc", "low", "high", "p", "ranked": [[key, share]]},
    "t2" and "q": {"limit", "then", "now", "p", "ranked"} or None, "components", "left_out": keys of readings
    that wander too slowly for so few rows}. TooFewRows, where that is all of them, says how many are needed.
    """
    then, now = _newest(then), _newest(now)
    taus = _taus(then, now, same)
    fast = _fast(taus, len(then.readings), len(now.readings))
    blocks = (
        cut(len(then.readings), float(taus[0][fast].max()), "then"),
        cut(len(now.readings), float(taus[1][fast].max()), "now"),
    )
    sides = Sides.of(*blocks, np.random.default_rng(seed))
    rows = np.vstack([then.readings, now.readings])
    names = [keys[at] for at in fast]
    with threadpool_limits(1):
        classifier = two_sample(rows[:, fast], sides, seed=seed)
        numbers = [at for at in fast if numeric[at]]
        joint = subspace(rows[:, numbers], sides, seed=seed)
    named = [keys[at] for at in numbers]
    return {
        "n": len(now.readings),
        "m": len(then.readings),
        "blocks": [int(one.max()) + 1 for one in blocks],
        "classifier": _apart(classifier.apart) | {"ranked": _named(classifier.ranked, names)},
        "t2": _beyond(joint.t2, named) if joint else None,
        "q": _beyond(joint.q, named) if joint else None,
        "components": [joint.components, joint.readings] if joint else None,
        "left_out": [key for key in keys if key not in names],
    }


def _taus(then: Rows, now: Rows, same: bool) -> tuple[F, F]:
    """The memory of each reading in rows of then and of now (d,).

    A table may hold each part and the sample one in fifty; where the table is the sparser one, it says how
    long memories are at most, and the sample itself how long they are.
    """
    if then.at is None:
        return np.ones(len(then.readings.T)), memories(now.readings)
    taus = memories(then.readings)
    if same:
        return taus, taus
    ratio, own = then.gap / now.gap, memories(now.readings)
    if not np.isfinite(ratio):
        return taus, own
    return taus, np.maximum(1.0, taus * ratio if ratio <= 1 else np.minimum(taus * ratio, own))


def _fast(taus: tuple[F, F], m: int, n: int) -> list[int]:
    """The readings with a memory so short that enough blocks fit into the rows; those of the shortest where
    none is, so that ``cut`` says how many rows it takes."""
    needed = np.asarray([[LEAST * length_of(tau) for tau in side] for side in taus])
    fits = (needed[0] <= m) & (needed[1] <= n)
    if not fits.any():
        worst = (needed / np.asarray([[max(m, 1)], [max(n, 1)]])).max(axis=0)
        fits = worst == worst.min()
    return [int(at) for at in np.flatnonzero(fits)]


def _newest(rows: Rows) -> Rows:
    return Rows(rows.readings[-MOST:], None if rows.at is None else rows.at[-MOST:])


def _apart(comparison: Apart) -> dict[str, float]:
    return {name: _short(getattr(comparison, name)) for name in ("auc", "low", "high", "p")}


def _beyond(comparison: Beyond, keys: Sequence[str]) -> dict[str, Any]:
    return {name: _short(getattr(comparison, name)) for name in ("limit", "then", "now")} | {
        "p": _short(comparison.apart.p),
        "ranked": _named(comparison.ranked, keys),
    }


def _named(ranked: Sequence[tuple[int, float]], keys: Sequence[str]) -> list[list[Any]]:
    return [[keys[place], _short(share)] for place, share in ranked[:RANKED]]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
