"""What a version may decide alone: the lowest threshold of confidence that is proven to keep a promise.

The promise: of the parts that the version decides alone (confidence at or above the threshold) at most a
share ``wrong_share`` is wrong, with certainty ``certainty``. It is about parts like those that prove it,
drawn by chance; another population keeps it or not.

- Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei 2021, section 3 and appendix): each threshold
  is a null hypothesis “more than ``wrong_share`` of what it lets through is wrong”.
- The thresholds are the confidences of certain ranks, fixed before a row is seen. Given the confidence of
  rank m, the m - 1 rows above it are drawn from what lies above it, so the wrong ones are binomial and the
  bound is exact (Clopper and Pearson 1934).
- Testing goes down the ranks and stops at the first that does not hold (fixed-sequence testing), from
  ``STARTS`` ranks, each with its share of the level (Bonferroni): the surest parts are few, and one of them
  may be wrong by bad luck. It rests on less sure parts being wrong more often where the promise is passed.
- The lowest threshold at which these very parts keep the promise proves nothing: it is the luckiest of many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from monitoring.rules.exact import at_most, fewest

STARTS = 3
RANKS = 40
FIRST = 1.6  # times the fewest parts that could prove it: room for a wrong one among the surest
MOST_NEEDED = 1_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """``threshold`` None: none is proven. Of ``rows`` parts ``alone`` lie at or above it, ``wrong`` of these
    were wrong, and ``at_most`` is the exact upper bound of that share. Where none is proven the three are
    those of the rank that came nearest. ``needed``: how many rows would probably prove one; None where one is
    proven, or where this model has none however many there are."""

    threshold: float | None
    rows: int
    alone: int
    wrong: int
    at_most: float
    needed: int | None


def least(wrong_share: float, certainty: float) -> int:
    """How many parts, none of them wrong, prove the promise."""
    return fewest(wrong_share, 1.0 - (1.0 - certainty) / STARTS)


def prove(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], *, wrong_share: float, certainty: float
) -> Proof:
    """The proof for rows that came by chance: ``confidence`` (n,) in 0 to 1, ``right`` (n,).

    ``wrong_share`` and ``certainty`` lie between 0 and 1. A row whose confidence is no number is not decided
    alone at any threshold.
    """
    decided = np.isfinite(confidence)
    order = np.argsort(-confidence[decided], kind="stable")
    sure, wrong = confidence[decided][order], np.cumsum(~right[decided][order], dtype=np.int64)
    ranks = _ranks(len(sure), wrong_share, certainty)
    tried = [_over(sure, wrong, int(rank)) for rank in ranks]
    held = [_holds(missed, n, wrong_share, certainty) for _threshold, n, missed in tried]
    proven = [at for start in _starts(len(ranks)) for at in _down(held, start)]
    if proven:
        threshold, n, missed = tried[max(proven)]
        return Proof(threshold, len(confidence), n, missed, at_most(missed, n, certainty), None)
    needed = _needed(sure, wrong, len(confidence), wrong_share, certainty)
    over = [(n, missed) for _threshold, n, missed in tried if n]
    n, missed = min(over, key=lambda one: float(bdtr(one[1], one[0], wrong_share)), default=(0, 0))
    return Proof(None, len(confidence), n, missed, at_most(missed, n, certainty), needed)


def _ranks(n: int, wrong_share: float, certainty: float) -> NDArray[np.int64]:
    """The ranks that are tested, rising; they depend on how many rows there are and on nothing in them."""
    first = math.ceil(FIRST * least(wrong_share, certainty))
    if n < first:
        return np.array([n] if n else [], dtype=np.int64)
    return np.unique(np.rint(np.geomspace(first, n, RANKS)).astype(np.int64))


def _starts(n: int) -> list[int]:
    return sorted({0, n // 2, n - 1}) if n else []


def _down(held: list[bool], start: int) -> list[int]:
    """The places from ``start`` on, up to the first that does not hold."""
    ends = next((at for at in range(start, len(held)) if not held[at]), len(held))
    return list(range(start, ends))


def _over(sure: NDArray[np.float64], wrong: NDArray[np.int64], rank: int) -> tuple[float, int, int]:
    """A threshold that lets those above ``rank`` through (all, at the last), how many these are, and the
    wrong ones among them. Rows of equal confidence go one way."""
    value = float(sure[rank - 1])
    if rank == len(sure):
        return value, rank, int(wrong[-1])
    n = int(np.count_nonzero(sure > value))
    return float(np.nextafter(value, 2.0)), n, int(wrong[n - 1]) if n else 0


def _holds(wrong: int, n: int, wrong_share: float, certainty: float) -> bool:
    """Whether ``wrong`` of ``n`` would be too few by chance, were a larger share wrong."""
    return n > wrong and float(bdtr(wrong, n, wrong_share)) <= (1.0 - certainty) / STARTS


def _needed(
    sure: NDArray[np.float64], wrong: NDArray[np.int64], rows: int, wrong_share: float, certainty: float
) -> int | None:
    """How many rows would probably prove a threshold, if wrong parts stay where they are seen."""
    fewest_rows = math.ceil(FIRST * least(wrong_share, certainty))
    if not len(sure):
        return None if rows else fewest_rows
    best: int | None = None
    for end in np.unique(np.linspace(0, len(sure) - 1, RANKS).astype(np.int64)):
        count = int(end) + 1
        share = (wrong[end] + 0.5) / (count + 1.0)
        if share < wrong_share:
            over = _enough(float(share), wrong_share, certainty, fewest_rows)
            needed = math.ceil(over * rows / count)
            best = needed if best is None else min(best, needed)
    return best if best is None or best <= MOST_NEEDED else None


def _enough(share: float, wrong_share: float, certainty: float, fewest_rows: int) -> int:
    """The fewest rows that hold where a ``share`` of them is wrong."""
    low, high = fewest_rows, fewest_rows
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
