"""Thresholds proven for what a model decides alone, beside those that a plain rule picks: real tables.

A half of each table trains; of the model's answers on the other half parts are drawn with replacement, which
prove a threshold. The other half is then the whole population, so the true share of wrong parts at the
threshold is known and nothing about it is estimated. Beside it: the lowest threshold at which the drawn parts
themselves keep the promise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from benchmarks.active_learning import table
from benchmarks.rows import Row
from labeling.compute.training.ask_zone import prove
from monitoring.rules.exact import at_most

TITLE = "Deciding alone"
ABOUT = __doc__.split("\n\n", 1)[1]
SETS = ("steel", "ai4i", "breast cancer", "digits")
PROMISES = ((0.05, 0.95), (0.02, 0.95))
SPLITS, DRAWN = 200, 400
SHARED = 20  # splits of one trained model
F = NDArray[np.float64]
B = NDArray[np.bool_]


@dataclass
class Tally:
    proven: int = 0
    broken: int = 0
    picked: int = 0
    picked_broken: int = 0
    share: float = 0.0


def answers(name: str, seed: int) -> tuple[F, B] | None:
    """Confidence (n,) and whether right (n,) on the half that did not train; None without the table."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import train_test_split

    read = table(name)
    if read is None:
        return None
    x, y = read
    train, rest = train_test_split(np.arange(len(y)), test_size=0.5, random_state=seed, stratify=y)
    model = HistGradientBoostingClassifier(max_iter=60, random_state=seed).fit(x[train], y[train])
    chances = model.predict_proba(x[rest])
    return chances.max(1), model.classes_[chances.argmax(1)] == y[rest]


def picked(sure: F, right: B, wrong_share: float) -> float | None:
    """The lowest threshold at which these very parts keep the promise."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(shares <= wrong_share)
    return float(sure[order[kept[-1]]]) if len(kept) else None


def tally(name: str, wrong_share: float, certainty: float, splits: int) -> Tally | None:
    counted = Tally()
    kept: tuple[F, B] | None = None
    for split in range(splits):
        kept = answers(name, split) if split % SHARED == 0 else kept
        if kept is None:
            return None
        sure, right = kept
        drawn = np.random.default_rng(split).integers(0, len(sure), DRAWN)
        proof = prove(sure[drawn], right[drawn], wrong_share=wrong_share, certainty=certainty)
        if proof.threshold is not None:
            over = sure >= proof.threshold
            counted.proven += 1
            counted.share += float(over.mean())
            counted.broken += bool((~right[over]).mean() > wrong_share)
        rule = picked(sure[drawn], right[drawn], wrong_share)
        if rule is not None:
            over = sure >= rule
            counted.picked += 1
            counted.picked_broken += bool((~right[over]).mean() > wrong_share)
    return counted


def measure(quick: bool = False) -> list[Row]:
    splits = 40 if quick else SPLITS
    rows = []
    for name in SETS:
        for wrong_share, certainty in PROMISES:
            counted = tally(name, wrong_share, certainty, splits)
            if counted is None:
                continue
            allowed = int(binom.ppf(0.975, splits, 1.0 - certainty))
            mean = 100 * counted.share / max(counted.proven, 1)
            rows.append(
                Row(
                    f"{name}: at most {wrong_share:.0%} wrong, {certainty:.0%} certain: promise broken",
                    figure=counted.broken,
                    unit=f"of {splits}",
                    goal=f"≤ {allowed}",
                    met=counted.broken <= allowed,
                    peer="lowest threshold that the same parts keep",
                    peer_figure=counted.picked_broken,
                    note=(
                        f"{DRAWN} parts prove; proven in {counted.proven} splits, then {mean:.0f} % of the "
                        f"parts are decided alone; broken in at most {at_most(counted.broken, splits):.1%}"
                    ),
                )
            )
    return rows
