"""What a version may decide alone: the lowest threshold of confidence that is proven to keep a promise.

The promise: of the parts that the version decides alone (confidence at or above the threshold) at most a
share ``wrong_share`` is wrong, with certainty ``certainty``. It is about parts like those that prove it,
drawn by chance; another population keeps it or not.

- Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei 2021, section 3 and appendix): each threshold
  is a null hypothesis “more than ``wrong_share`` of what it lets through is wrong”. Given how many rows lie
  at or above it, the wrong ones among them are binomial, so the bound is exact (Clopper and Pearson 1934).
- The thresholds are tested one after another at the full level, downward, until the first that does not hold
  (fixed-sequence testing). Which ones, and where to begin, is fixed by other rows (``GUIDES`` of them, drawn
  by ``seed``), because an order that the proving rows chose would prove too much.
- A threshold that a rule liked best on the same rows has no such guarantee, nor has a bin of a calibration
  curve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from monitoring.rules.exact import at_most, fewest

GUIDES = 0.2  # of the rows say which thresholds are tested, and in which order
STEPS = 50
MOST_NEEDED = 1_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """``threshold`` None: none is proven. ``rows`` tested the thresholds; ``alone`` of them lie at or above
    it, ``wrong`` of these were wrong, and ``at_most`` is the exact upper bound of that share. Where none is
    proven the three are those of the threshold that was tested. ``needed``: how many rows would probably
    prove one; None where one is proven, or where this model has none however many there are."""

    threshold: float | None
    rows: int
    alone: int
    wrong: int
    at_most: float
    needed: int | None


def prove(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    *,
    wrong_share: float,
    certainty: float,
    seed: int,
) -> Proof:
    """The proof for rows that came by chance: ``confidence`` (n,) in 0 to 1, ``right`` (n,).

    ``wrong_share`` and ``certainty`` lie between 0 and 1. A row whose confidence is no number is not decided
    alone at any threshold.
    """
    sure = np.where(np.isfinite(confidence), confidence, -1.0)
    guide = np.zeros(len(sure), dtype=np.bool_)
    drawn = np.random.default_rng(seed).permutation(len(sure))
    guide[drawn[: math.ceil(GUIDES * len(sure))]] = True
    proving, n = ~guide, int(np.count_nonzero(~guide))
    ladder = _ladder(sure[guide], right[guide], n, wrong_share, certainty)
    tested: tuple[float | None, int, int] = (None, 0, 0)
    for threshold in ladder:
        over = proving & (sure >= threshold)
        alone, wrong = int(np.count_nonzero(over)), int(np.count_nonzero(over & ~right))
        if not _holds(wrong, alone, wrong_share, certainty):
            tested = (None, alone, wrong) if tested[0] is None else tested
            break
        tested = (threshold, alone, wrong)
    proven, alone, wrong = tested
    needed = None if proven is not None else _needed(sure, right, wrong_share, certainty)
    return Proof(proven, n, alone, wrong, at_most(wrong, alone, certainty), needed)


def _holds(wrong: int, n: int, wrong_share: float, certainty: float) -> bool:
    """Whether ``wrong`` of ``n`` would be too few, were a larger share wrong: ``at_most`` is the promise or
    less."""
    return n > wrong and float(bdtr(wrong, n, wrong_share)) <= 1.0 - certainty


def _ladder(
    sure: NDArray[np.float64], right: NDArray[np.bool_], n: int, wrong_share: float, certainty: float
) -> list[float]:
    """Thresholds in the order in which they are tested on ``n`` other rows: from the one that these rows call
    the most promising, down."""
    decided = sure[sure >= 0]
    if not len(decided) or not n:
        return []
    steps = np.unique(np.quantile(decided, np.linspace(0.0, 1.0, STEPS + 1), method="lower"))[::-1]
    over = sure[None, :] >= steps[:, None]
    many = over.sum(1)
    share = ((over & ~right).sum(1) + 0.5) / (many + 1.0)
    expected = np.rint(n * many / len(sure))
    promising = bdtr(np.floor(share * expected), np.maximum(expected, 1).astype(np.int64), wrong_share)
    begin = int(np.argmin(promising))
    return [float(one) for one in steps[begin:]]


def _needed(
    sure: NDArray[np.float64], right: NDArray[np.bool_], wrong_share: float, certainty: float
) -> int | None:
    """How many rows would probably prove a threshold, if wrong parts stay where they are seen."""
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~right[order])
    decided = np.count_nonzero(sure >= 0)
    if not decided:
        return math.ceil(fewest(wrong_share, certainty) / (1.0 - GUIDES)) if not len(sure) else None
    best: int | None = None
    ends = np.flatnonzero(np.append(np.diff(sure[order][:decided]) < 0, True))  # where a threshold may lie
    least = fewest(wrong_share, certainty)
    for end in ends[:: max(1, len(ends) // STEPS)]:
        count = int(end) + 1
        share = (wrong[end] + 0.5) / (count + 1.0)
        if share >= wrong_share:
            continue
        over = _enough(float(share), wrong_share, certainty, least)
        rows = math.ceil(over * len(sure) / count / (1.0 - GUIDES))
        best = rows if best is None else min(best, rows)
    return best if best is None or best <= MOST_NEEDED else None


def _enough(share: float, wrong_share: float, certainty: float, least: int) -> int:
    """The fewest rows of which a ``share`` is wrong whose upper bound is the promise."""
    low, high = least, least
    while not _holds(math.ceil(share * high), high, wrong_share, certainty):
        low, high = high, 2 * high
        if high > MOST_NEEDED:
            return high
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle)
            if _holds(math.ceil(share * middle), middle, wrong_share, certainty)
            else (middle + 1, high)
        )
    return high
