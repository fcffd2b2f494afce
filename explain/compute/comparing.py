"""What two models lean on, and which of the differences is more than chance.

- Both explain the same rows; a group's share is its part of the mean |contribution|.
- A model trained again on other rows of the same past leans elsewhere too. Twins of the champion, trained on
  bootstrap resamples of the past parts, say by how much (sd between twins, Student's t for their number; the
  difference of two such models has twice the variance).
- The choice of rows adds its own: a paired bootstrap over them (Efron and Tibshirani 1993, chapter 10).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from explain.compute.contributions import Explainer
from explain.compute.groups import Readings, shares

TWINS = 8
DRAWS = 400
LEVEL = 0.975
SEED = 1


def twin_shares(
    model: Any,
    past: tuple[NDArray[np.float64], NDArray[np.int64]],
    rows: NDArray[np.float64],
    columns: Readings,
) -> NDArray[np.float64]:
    """Shares float64 (TWINS, groups) of models like ``model`` trained on resamples of ``past``.

    ``past`` is (readings (m, features), label int64 (m,)). A resample keeps the count of every class, so
    that no twin lacks one.
    """
    readings, label = past
    random = np.random.default_rng(SEED)
    by_twin = []
    for _twin in range(TWINS):
        drawn = np.concatenate(
            [
                random.choice(own, len(own))
                for own in (np.flatnonzero(label == one) for one in np.unique(label))
            ]
        )
        with threadpool_limits(1, user_api="openmp"):
            twin = clone(model).fit(readings[drawn], label[drawn])
        by_twin.append(shares(Explainer(twin).explain(rows).of_said(), columns))
    return np.array(by_twin)


def differences(
    champion: NDArray[np.float64],
    challenger: NDArray[np.float64],
    columns: Readings,
    twins: NDArray[np.float64] | None,
) -> list[dict[str, Any]]:
    """Every group's share before and after, the noise, and whether the change is beyond it; largest first.

    ``champion`` and ``challenger`` float64 (n, features) are contributions on the same rows; ``twins`` as
    ``twin_shares``, None where the past parts are not known (then the noise is that of the rows alone).
    """
    before, after = shares(champion, columns), shares(challenger, columns)
    old, new = np.abs(columns.added(champion)), np.abs(columns.added(challenger))
    times = _times_drawn(len(old))
    drawn: NDArray[np.float64] = _parts(times @ new) - _parts(times @ old)
    variance, factor = drawn.var(0), float(student.ppf(LEVEL, max(len(old) - 1, 1)))
    if twins is not None:
        variance = variance + 2 * twins.var(0, ddof=1)
        factor = float(student.ppf(LEVEL, len(twins) - 1))
    noise = factor * np.sqrt(variance)
    change = after - before
    return [
        {
            "group": columns.names[group],
            "before": float(before[group]),
            "after": float(after[group]),
            "noise": float(noise[group]),
            "beyond": bool(abs(change[group]) > noise[group]),
        }
        for group in np.argsort(-np.abs(change), kind="stable")
    ]


def _times_drawn(n: int) -> NDArray[np.float64]:
    """How often each of ``n`` rows is drawn: float64 (DRAWS, n)."""
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(np.float64)


def _parts(each: NDArray[np.float64]) -> NDArray[np.float64]:
    return each / np.maximum(each.sum(-1, keepdims=True), np.finfo(np.float64).tiny)
