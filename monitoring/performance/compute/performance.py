"""How often a model is right: expected without truths, and seen with truths that come late.

Expected (confidence-based performance estimation; Guo et al. 2017 on calibration, Garg et al. 2022 on what
it rests on): a judgement with calibrated confidence c is right with probability c. It holds only while the
relation between readings and truth is the one that the confidences were calibrated on; nothing in it can
see that this has changed.

- ``tallies`` are counts, so hours merge into days by addition: for each class said, how many judgements and
  the sum of their confidences in ``BINS`` equal bins.
- A calibration is the reference's table of such bins: how many were judged, how many right. A bin is shrunk
  towards its own mean confidence with the weight of ``PRIOR`` parts, so an empty bin trusts the model.
- What a wrong judgement really was, is shared out as in the reference's confusion.

Seen: parts whose truth came later, weighed by the inverse of the probability with which they were chosen
(Horvitz and Thompson 1952, as a ratio: Hájek), with Wilson's interval on Kish's effective number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.performance.compute import interval
from monitoring.rules.wilson import wilson

BINS, PRIOR, DRAWS = 20, 5.0, 400
Found = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Learned:
    """What the reference knows: int or float64 (BINS,) judged and right, (k, k) confusion truth × said, and
    which of the k classes are defects."""

    judged: NDArray[np.float64]
    right: NDArray[np.float64]
    confusion: NDArray[np.float64]
    defect: NDArray[np.bool_]

    @property
    def calibrated(self) -> bool:
        return bool(self.judged.sum())

    def mistaken_for(self) -> NDArray[np.float64]:
        """P(truth | said, wrong) float64 (k truth, k said), 0 on the diagonal; even where nothing is
        known."""
        k = len(self.defect)
        smoothed = self.confusion + 0.5
        np.fill_diagonal(smoothed, 0.0)
        if k < 2:
            return smoothed
        return smoothed / smoothed.sum(0)


def tally(said: NDArray[np.int64], confidence: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Float64 (2, k, BINS): judgements and summed confidences of ``said`` (n,) and ``confidence`` (n,).

    A confidence that is no number counts as that of a guess.
    """
    sure = np.clip(np.where(np.isfinite(confidence), confidence, 1.0 / max(k, 1)), 0.0, 1.0)
    where = said * BINS + np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    return np.stack(
        [
            np.bincount(where, minlength=k * BINS).reshape(k, BINS).astype(np.float64),
            np.bincount(where, weights=sure, minlength=k * BINS).reshape(k, BINS),
        ]
    )


def expected(tallies: NDArray[np.float64], learned: Learned, *, seed: int = 0) -> Found | None:
    """Accuracy, macro F1, missed and false rejects with 95 % intervals; None without a judgement."""
    judged, sums = tallies
    total = judged.sum()
    if total <= 0:
        return None
    in_bin = judged.sum(0)
    middle = np.where(in_bin > 0, sums.sum(0) / np.maximum(in_bin, 1), (np.arange(BINS) + 0.5) / BINS)
    strength = learned.judged + PRIOR
    accuracy = np.clip((learned.right + PRIOR * middle) / strength, 1e-6, 1 - 1e-6)
    random = np.random.default_rng(seed)
    # without a table the confidences are taken at their word
    drawn_accuracy = (
        random.beta(accuracy * strength, (1 - accuracy) * strength, size=(DRAWS, BINS))
        if learned.calibrated
        else np.broadcast_to(accuracy, (DRAWS, BINS))
    )
    counts = judged.astype(np.int64)
    right = random.binomial(counts[None], drawn_accuracy[:, None, :]).sum(2).astype(np.float64)
    mistaken = learned.mistaken_for()
    point = _table((judged * accuracy).sum(1)[None], judged.sum(1), mistaken)
    drawn = _table(right, judged.sum(1), mistaken)
    return _with_intervals(_scores(point, learned.defect), _scores(drawn, learned.defect))


def _table(
    right: NDArray[np.float64], said: NDArray[np.float64], mistaken: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Expected tables (d, k truth, k said) of ``right`` (d, k) out of ``said`` (k,)."""
    wrong = said[None] - right
    tallies = mistaken[None] * wrong[:, None, :]
    k = len(said)
    tallies[:, np.arange(k), np.arange(k)] += right
    return tallies


def seen(
    table: NDArray[np.float64], squares: float, defect: NDArray[np.bool_], *, seed: int = 0
) -> Found | None:
    """The same measures of a weighted ``table`` (k truth, k said), whose squared weights sum to ``squares``.

    None without a part.
    """
    total = float(table.sum())
    if total <= 0 or squares <= 0:
        return None
    effective = total * total / squares
    point = _scores(table[None], defect)
    drawn = np.random.default_rng(seed).multinomial(
        max(1, round(effective)), (table / total).ravel(), size=DRAWS
    )
    measured = _with_intervals(point, _scores(drawn.reshape(DRAWS, *table.shape).astype(np.float64), defect))
    good, bad = ~defect, defect
    shares = {
        "accuracy": (float(np.trace(table)), total),
        "missed_rate": (float(table[bad][:, good].sum()), float(table[bad].sum())),
        "false_reject_rate": (float(table[good][:, bad].sum()), float(table[good].sum())),
    }
    for key, (hits, of) in shares.items():
        measured.pop(key, None)
        if of > 0:
            low, high = wilson(hits / of, effective * of / total)
            measured[key] = {"value": hits / of, "low": low, "high": high}
    return measured


def _scores(tables: NDArray[np.float64], defect: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """Measures of tables (d, k truth, k said), each (d,); NaN where there is nothing to take a share of."""
    good, bad = ~defect, defect
    hits = np.diagonal(tables, axis1=1, axis2=2)
    truth, labels = tables.sum(2), tables.sum(1)
    there = truth > 1e-9
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.where(there, 2 * hits / np.maximum(truth + labels, 1e-12), 0.0)
        return {
            "accuracy": hits.sum(1) / tables.sum((1, 2)),
            "macro_f1": f1.sum(1) / np.maximum(there.sum(1), 1),
            "missed_rate": tables[:, bad][:, :, good].sum((1, 2)) / tables[:, bad].sum((1, 2)),
            "false_reject_rate": tables[:, good][:, :, bad].sum((1, 2)) / tables[:, good].sum((1, 2)),
        }


def _with_intervals(point: dict[str, NDArray[np.float64]], drawn: dict[str, NDArray[np.float64]]) -> Found:
    measured: Found = {}
    for key, value in point.items():
        known = drawn[key][np.isfinite(drawn[key])]
        if not np.isfinite(value[0]) or not known.size:
            continue
        low, high = interval.percentile(known)
        at = float(value[0])
        measured[key] = {"value": at, "low": float(min(low, at)), "high": float(max(high, at))}
    return measured


def reliability(right: Sequence[bool] | NDArray[np.bool_], confidence: NDArray[np.float64]) -> dict[str, Any]:
    """The table that ``Learned`` takes, of parts with a truth: {"judged": [BINS], "right": [BINS]}."""
    where = np.minimum((np.clip(confidence, 0, 1) * BINS).astype(np.int64), BINS - 1)
    hit = np.asarray(right, dtype=np.float64)
    return {
        "judged": np.bincount(where, minlength=BINS).tolist(),
        "right": np.bincount(where, weights=hit, minlength=BINS).astype(int).tolist(),
    }
