"""Contributions of readings that move together, added up.

Shapley values split what correlated readings share between them almost at random, so a retraining on other
rows renames the reason; their sum over a group is stable (Aas, Jullum and Løland 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.wire.inputs import unseen_missing

MOST = 3
SMALLEST_SHARE = 0.05


@dataclass(frozen=True)
class Readings:
    """The columns of a model: their keys, the group of each, the normal bands (None: not known), and how many
    categories each has (0: a number; see ``wire.inputs``)."""

    keys: Sequence[str]
    group_of: Sequence[str]
    low: Sequence[float | None]
    high: Sequence[float | None]
    sizes: Sequence[int] = ()

    def for_model(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Readings (n, features) as the model gets them: an unseen category is missing."""
        return unseen_missing(readings, self.sizes)

    @cached_property
    def names(self) -> list[str]:
        """The groups, in the order of their first reading."""
        return list(dict.fromkeys(self.group_of))

    @cached_property
    def members(self) -> NDArray[np.float64]:
        """Float64 (features, groups): 1 where the reading is in the group."""
        return np.array([[float(own == name) for name in self.names] for own in self.group_of])

    def added(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """``values`` float64 (n, features) summed over groups: (n, groups)."""
        return values @ self.members

    def leader(self, weight: NDArray[np.float64], group: int) -> int:
        """The reading of the group with the largest ``weight`` float64 (features,)."""
        return int(np.argmax(np.where(self.members[:, group] > 0, weight, -np.inf)))


def row_reasons(
    values: NDArray[np.float64], readings: NDArray[np.float64], columns: Readings
) -> list[dict[str, Any]]:
    """At most three reasons for one row, the strongest first; both inputs float64 (features,).

    ``share`` is the group's part of all |contributions| of groups; ``feature`` is the reading of the group
    that pulls most in the group's direction.
    """
    each = columns.added(values[None, :])[0]
    whole = np.abs(each).sum()
    reasons = []
    for group in np.argsort(-np.abs(each), kind="stable")[:MOST]:
        share = float(abs(each[group]) / whole) if whole else 0.0
        if share < SMALLEST_SHARE:
            break
        leader = columns.leader(values * np.sign(each[group]), int(group))
        reasons.append(
            {
                **_reading(columns, leader, float(readings[leader])),
                "group": columns.names[group],
                "share": share,
                "direction": "for" if each[group] > 0 else "against",
            }
        )
    return reasons


def shares(values: NDArray[np.float64], columns: Readings) -> NDArray[np.float64]:
    """How much the model leans on each group over rows: ``values`` (n, features); float64 (groups,)."""
    each = np.abs(columns.added(values)).mean(0)
    whole = each.sum()
    return each / whole if whole else np.full(len(each), 1 / len(each))


def leaning(
    values: NDArray[np.float64], readings: NDArray[np.float64], columns: Readings
) -> list[dict[str, Any]]:
    """What the model leans on over rows, the strongest first, every group; both float64 (n, features).

    ``value`` is the mean of the group's leading reading over the rows, of a category the most frequent one.
    """
    each, size = shares(values, columns), np.abs(values).mean(0)
    reasons = []
    for group in np.argsort(-each, kind="stable"):
        leader = columns.leader(size, int(group))
        own = readings[:, leader]
        own = own[np.isfinite(own)]
        if len(columns.sizes) and columns.sizes[leader] and own.size:
            own = np.array([np.bincount(own.astype(np.int64)).argmax()], dtype=np.float64)
        reasons.append(
            {
                **_reading(columns, leader, float(own.mean()) if own.size else float("nan")),
                "group": columns.names[group],
                "share": float(each[group]),
                "direction": "",
            }
        )
    return reasons


def _reading(columns: Readings, place: int, value: float) -> dict[str, Any]:
    return {
        "feature": columns.keys[place],
        "value": value if np.isfinite(value) else None,
        "low": columns.low[place],
        "high": columns.high[place],
    }
