"""Which 20 of 100,000 parts people are asked about: margin with diversity, beside modAL's plain margin."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.apart import alternating, seconds_of
from benchmarks.rows import Row, beside

TITLE = "Picking parts"
GOAL = 2.0
COUNT, READINGS = 20, 6


def _given(rows: int) -> tuple[Any, np.ndarray]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    random = np.random.default_rng(1)
    known = random.normal(size=(1_500, READINGS))
    truth = (known[:, 0] > 0.5).astype(int) + 2 * ((known[:, 1] > 1) & (known[:, 0] <= 0.5))
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(known, truth)
    return model, random.normal(size=(rows, READINGS)).clip(-3, 3)


def ours(rows: int) -> float:
    from labeling.compute.choosing import choose

    model, pool = _given(rows)
    scale = {"centre": [0.0] * READINGS, "spread": [1.0] * READINGS}
    return seconds_of(lambda: choose(model, pool, count=COUNT, seed=7, **scale), repeats=3)


def plain(rows: int) -> float:
    from modAL.uncertainty import margin_sampling

    model, pool = _given(rows)
    return seconds_of(lambda: margin_sampling(model, pool, n_instances=COUNT), repeats=3)


def measure(quick: bool) -> list[Row]:
    rows = 20_000 if quick else 100_000
    mine, other = alternating([ours, plain], runs=1 if quick else 3, rows=rows)
    return [
        beside(
            f"{COUNT} of {rows:,}",
            mine.result,
            "s",
            goal=f"< {GOAL:.0f} s",
            peer="modAL margin, no diversity",
            peer_figure=other.result,
            met=mine.result < GOAL,
            note="the model's own answers included",
        )
    ]
