"""Several measures watched together by a MEWMA: steps too small for each alone, and broken relations between
them.

- Z ← (1 - λ) Z + λ r for the residuals r (p,) of ``joint_whitening``; T² = (2 - λ) / λ · Zᵀ R⁻¹ Z (Lowry,
  Woodall, Champ and Rigdon 1992), and its root as a share of the limit's, so that a step twice as large has
  twice the share, as in ``series``. It is cut at ``series.MOST``.
- One event for one happening: it begins above the limit and ends at T² ≤ p, its mean in control; with one
  part this is about ``series.OVER``.
- A row with a gap feeds nothing: Z stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from monitoring.measures.compute import joint_whitening, whitening
from monitoring.measures.compute.joint_design import LAM, design
from monitoring.measures.compute.joint_whitening import JointWhitener, Unfit
from monitoring.measures.compute.series import LONGEST_ARL, MOST, MOST_READ

LEAST, LEAST_A_PART = 25, 5
MOST_PARTS = 12
SCALE = (2 - LAM) / LAM


def least_rows(p: int) -> int:
    """Rows that a reference of ``p`` parts needs at least."""
    return max(LEAST, LEAST_A_PART * p)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A joint chart with its limit on T²; ``arl`` to ``needed`` as in ``series.Fitted``. ``wanders``: indices
    of parts whose level moves by itself."""

    white: JointWhitener
    n: int
    limit: float
    arl: float
    low: float
    high: float
    needed: int
    wanders: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        own = {"kind": "mewma", "n": self.n, "limit": self.limit, "arl": self.arl, "low": self.low}
        more = {"high": self.high, "needed": self.needed, "wanders": list(self.wanders)}
        return own | more | self.white.to_json()

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        own = {key: stored[key] for key in ("n", "limit", "arl", "low", "high", "needed")}
        return cls(JointWhitener.from_json(stored), **own, wanders=tuple(stored["wanders"]))


@dataclass(frozen=True, slots=True)
class State:
    """What a joint chart remembers: Z (p,), empty before the first row, and whether an event is on."""

    z: tuple[float, ...] = ()
    on: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The chart after one row: T², its root as a share of the limit's, and what it remembers."""

    t2: float
    share: float
    state: State


def fit(rows: NDArray[np.float64], *, arl: float, tolerances: Sequence[float] = ()) -> Fitted:
    """Fit on a reference ``rows`` float (n, p) in their order, for a false alarm in ``arl`` rows on average.

    Rows with a gap are left out. ``tolerances`` (p,): steps that matter, 0 for every one; a part without
    spread takes half of it for one. Unfit; ValueError for a run length below 2 or a width that is not 2 to
    12.
    """
    known = np.asarray(rows, dtype=np.float64)
    known = known[np.isfinite(known).all(axis=1)][-MOST_READ:]
    p = known.shape[1]
    if not 2 <= p <= MOST_PARTS:
        raise ValueError(f"a joint chart has 2 to {MOST_PARTS} parts, not {p}")
    if not arl >= 2.0:
        raise ValueError("a run length is at least 2 values")
    if len(known) < least_rows(p):
        raise Unfit("short")
    least = tuple(one / 2 for one in tolerances) or (0.0,) * p
    with threadpool_limits(1, user_api="blas"):
        white = joint_whitening.fit(known, least)
        made = design(white, white.residuals(known), arl=min(arl, LONGEST_ARL))
    wanders = tuple(at for at, one in enumerate(white.parts) if one.memory > whitening.WANDERS)
    return Fitted(white, len(known), made.limit, made.arl, made.low, made.high, made.needed, wanders)


def run(
    fitted: Fitted,
    rows: NDArray[np.float64],
    state: State | None = None,
    lead: NDArray[np.float64] | None = None,
) -> list[Step]:
    """The chart after each of ``rows`` float (m, p); ``lead`` (k, p): the whole rows before them, of which
    the last ``white.lags`` count."""
    p, lags = len(fitted.white.parts), fitted.white.lags
    rows = np.asarray(rows, dtype=np.float64).reshape(-1, p)
    whole = np.asarray(np.isfinite(rows).all(axis=1))
    before = np.empty((0, p)) if lead is None or not lags else np.asarray(lead).reshape(-1, p)[-lags:]
    known = np.vstack([before, rows[whole]])
    fed = fitted.white.residuals(known) if len(known) > lags else np.empty((0, p))
    fresh = iter(fed[len(fed) - max(0, min(len(fed), int(whole.sum()))) :])
    lacking = lags - len(before)  # rows that only lead in
    inverse = np.linalg.inv(fitted.white.correlation)
    now = state or State()
    z = np.array(now.z) if now.z else np.zeros(p)
    t2, on, steps = SCALE * float(z @ inverse @ z), now.on, []
    for one in whole:
        if one and lacking > 0:
            lacking -= 1
        elif one:
            z = (1 - LAM) * z + LAM * next(fresh)
            t2 = SCALE * float(z @ inverse @ z)
            most = MOST * MOST * fitted.limit
            if t2 > most:
                z, t2 = z * math.sqrt(most / t2), most
            on = t2 > fitted.limit or (on and t2 > p)
        steps.append(Step(t2, math.sqrt(t2 / fitted.limit), State(tuple(z.tolist()), on)))
    return steps
