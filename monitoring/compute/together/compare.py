"""Both tests over the rows of then and now, ready to be kept: the step from tables to one answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from monitoring.compute.together.blocks import Apart, Sides, cut, memory
from monitoring.compute.together.subspace import Beyond, subspace
from monitoring.compute.together.two_sample import two_sample

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
    "t2" and "q": {"limit", "then", "now", "p", "ranked"} or None, "components"}. TooFewRows says how many
    are needed.
    """
    then, now = _newest(then), _newest(now)
    tau = memory(then.readings) if then.at is not None else memory(now.readings)
    tau_now = tau
    if not same and then.at is not None:  # a table may hold each part, the sample one in fifty
        ratio = then.gap / now.gap
        tau_now = max(1.0, tau * ratio) if np.isfinite(ratio) else memory(now.readings)
    tau_then = tau if then.at is not None else 1.0
    blocks = cut(len(then.readings), tau_then, "then"), cut(len(now.readings), tau_now, "now")
    sides = Sides.of(*blocks, np.random.default_rng(seed))
    rows = np.vstack([then.readings, now.readings])
    with threadpool_limits(1):
        told = two_sample(rows, sides, seed=seed)
        places = [at for at, one in enumerate(numeric) if one]
        joint = subspace(rows[:, places], sides, seed=seed)
    named = [keys[at] for at in places]
    return {
        "n": len(now.readings),
        "m": len(then.readings),
        "blocks": [int(one.max()) + 1 for one in blocks],
        "classifier": _apart(told.apart) | {"ranked": _named(told.ranked, keys)},
        "t2": _beyond(joint.t2, named) if joint else None,
        "q": _beyond(joint.q, named) if joint else None,
        "components": [joint.components, joint.readings] if joint else None,
    }


def _newest(rows: Rows) -> Rows:
    return Rows(rows.readings[-MOST:], None if rows.at is None else rows.at[-MOST:])


def _apart(found: Apart) -> dict[str, float]:
    return {name: _short(getattr(found, name)) for name in ("auc", "low", "high", "p")}


def _beyond(found: Beyond, keys: Sequence[str]) -> dict[str, Any]:
    return {name: _short(getattr(found, name)) for name in ("limit", "then", "now")} | {
        "p": _short(found.apart.p),
        "ranked": _named(found.ranked, keys),
    }


def _named(ranked: Sequence[tuple[int, float]], keys: Sequence[str]) -> list[list[Any]]:
    return [[keys[place], _short(share)] for place, share in ranked[:RANKED]]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
