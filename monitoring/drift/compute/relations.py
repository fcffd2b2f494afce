"""Whether a reading still fits the others: what a faulty sensor breaks, and a process that moves keeps.

- The shift of every reading's mean, in its deviations, is measured as readings went together in training: the
  index is Mahalanobis' with the correlation made a little rounder (``RIDGE``), so that two readings that say
  nearly the same do not decide alone.
- What a single reading, moved back, takes off that index is its reconstruction-based contribution (Alcala and
  Qin 2009, "Reconstruction-based contribution for process monitoring", equation 8): nearly all of it where
  one sensor left its relations, little where all moved as they go together.
- ``course``: the shift in the first third of the windows beside that in the last: 1 for a step, less for
  what grows. ``still``: the smallest deviation beside its own before: near 0 for a sensor that sticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
RIDGE = 0.1
FEWEST = 30  # parts on either side
TOUCHED = 1e-9


@dataclass(frozen=True, slots=True)
class Moments:
    """Of windows in the order of time: how many parts, their sums and their squares, float64 (w, d)."""

    n: F
    sums: F
    squares: F

    @classmethod
    def of(cls, windows: Sequence[Sequence[Sequence[float]]]) -> Moments:
        """From ``sketch.moments`` of each reading (w, d, 5); a reading without values has none."""
        stacked = np.array(
            [[(list(one) or [0.0] * 5)[:3] for one in row] for row in windows], dtype=np.float64
        )
        stacked = stacked.reshape(len(windows), -1, 3)
        return cls(stacked[..., 0], stacked[..., 1], stacked[..., 2])

    def mean(self, rows: slice = slice(None)) -> F:
        """(d,), NaN where there was no value."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sums[rows].sum(0) / self.n[rows].sum(0), dtype=np.float64)

    def deviation(self) -> F:
        """(d,), of all windows together."""
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = self.squares.sum(0) / self.n.sum(0) - self.mean() ** 2
        return np.sqrt(np.maximum(spread, 0.0))

    @property
    def parts(self) -> float:
        return float(self.n.sum(0).max()) if self.n.size else 0.0


def measured(
    keys: Sequence[str], before: Moments, now: Moments, deviation: F, correlation: F
) -> dict[str, Any] | None:
    """{"reading", "share", "rest", "total", "course", "still", "stuck", "parts"}: the reading that alone
    explains most, its share of the index (0 to 1), what is left without it, the whole; None with fewer than
    ``FEWEST`` parts on a side or without a shift.

    ``deviation`` (d,) and ``correlation`` (d, d) of ``keys`` as they were learned.
    """
    if min(before.parts, now.parts) < FEWEST:
        return None
    shift = np.nan_to_num((now.mean() - before.mean()) / deviation, posinf=0.0, neginf=0.0)
    whole = np.linalg.inv(correlation + RIDGE * np.eye(len(keys)))
    pulled = whole @ shift
    total = float(shift @ pulled)
    if total <= TOUCHED:
        return None
    alone = pulled**2 / np.diag(whole)
    most = int(alone.argmax())
    with np.errstate(invalid="ignore", divide="ignore"):
        moves = np.nan_to_num(now.deviation() / before.deviation(), nan=1.0, posinf=1.0)
    stuck = int(moves.argmin())
    return {
        "reading": keys[most],
        "share": float(alone[most] / total),
        "rest": float(total - alone[most]),
        "total": total,
        "course": _course(before.mean()[most], now, most),
        "still": float(moves[stuck]),
        "stuck": keys[stuck],
        "parts": int(now.parts),
    }


def _course(usual: float, now: Moments, at: int) -> float:
    """Shift in the first third of the parts over that in the last; 1 where it cannot be told."""
    third = max(1, len(now.n) // 3)
    first, last = (float(now.mean(rows)[at] - usual) for rows in (slice(None, third), slice(-third, None)))
    if len(now.n) < 3 or not np.isfinite([first, last]).all() or abs(last) <= TOUCHED:
        return 1.0
    return first / last
