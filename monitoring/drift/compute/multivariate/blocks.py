"""Rows in the order of time, cut into blocks so long that what happens in one says little of the next.

- How long a reading resembles its past is its integrated autocorrelation time τ (Sokal 1997, section 3: the
  sum of autocorrelations up to the first lag beyond five times itself).
- A block has ``TIMES`` τ rows. Blocks, not rows, are dealt to folds, shuffled and drawn again: rows that
  resemble each other prove nothing (Künsch 1989; Politis and Romano 1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.performance.compute import interval

FOLDS, TIMES, WINDOW = 5, 2.0, 5.0
LEAST = 2 * FOLDS  # blocks a side: two in each fold
MANY = 400  # more blocks a side say nothing more
DRAWS, RESAMPLES = 999, 400
F = NDArray[np.float64]
I = NDArray[np.intp]  # noqa: E741 - as F


class TooFewRows(ValueError):
    """``wanted`` rows are needed on that side."""

    def __init__(self, side: str, rows: int, wanted: int) -> None:
        super().__init__(f"{side} has {rows} rows and needs {wanted}")
        self.side, self.rows, self.wanted = side, rows, wanted


def spread(rows: F, known: NDArray[np.bool_]) -> tuple[F, F]:
    """Mean and deviation (d,) of what is ``known`` (n, d) of the rows; 0 where nothing is."""
    filled = np.where(known, rows, 0.0)
    scale = np.maximum(np.abs(filled).max(axis=0, initial=0.0), 1e-300)  # squares of 1e300 stay numbers
    count = np.maximum(known.sum(axis=0), 1)
    mean = (filled / scale).sum(axis=0) / count
    square = (np.where(known, filled / scale - mean, 0.0) ** 2).sum(axis=0) / count
    sd = np.where(square > 1e-24 * mean**2, np.sqrt(square), 0.0)
    return mean * scale, sd * scale


def memories(rows: F) -> F:
    """τ in rows, 1 or more, of each reading of ``rows`` (n, d): (d,)."""
    n = len(rows)
    taus = np.ones(rows.shape[1])
    if n < 4:
        return taus
    known = np.isfinite(rows)
    middle, sd = spread(rows, known)
    varies = sd > 0
    if not varies.any():
        return taus
    z = np.where(known, (np.where(known, rows, 0.0) - middle) / np.where(varies, sd, 1.0), 0.0)[:, varies]
    z = np.clip(z, -6, 6)  # one absurd value hides no memory
    spectrum = np.abs(np.fft.rfft(z, 2 * n, axis=0)) ** 2
    cov = np.fft.irfft(spectrum, axis=0)[:n]
    rho = cov / np.maximum(cov[0], 1e-300)
    tau = 2 * rho.cumsum(axis=0) - 1
    enough = np.arange(n)[:, None] >= WINDOW * tau
    last = np.where(enough.any(axis=0), enough.argmax(axis=0), n - 1)
    taus[varies] = np.maximum(1.0, tau[last, np.arange(z.shape[1])])
    return taus


def length_of(tau: float) -> int:
    """Rows of a block; independent rows stand alone."""
    return max(1, int(np.ceil(TIMES * tau))) if tau > 1.5 else 1


def cut(n: int, tau: float, side: str) -> I:
    """The block of each of ``n`` rows (n,); a rest joins the last one. TooFewRows below ``LEAST`` blocks."""
    length = length_of(tau)
    if n < LEAST * length:
        raise TooFewRows(side, n, LEAST * length)
    length = max(length, -(-n // MANY))
    return np.minimum(np.arange(n) // length, n // length - 1)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides' rows one after the other: ``now`` (n,) whether a row is of now, ``block`` (n,) from 0 over
    both, ``fold`` (n,) from 0."""

    now: NDArray[np.bool_]
    block: I
    fold: I

    @classmethod
    def of(cls, then: I, now: I, random: np.random.Generator) -> Sides:
        """Of the blocks of both sides (``cut``), each side's dealt evenly to the folds."""
        first = int(then.max()) + 1
        deal = [random.permutation(int(one.max()) + 1) % FOLDS for one in (then, now)]
        return cls(
            np.concatenate([np.zeros(len(then), dtype=np.bool_), np.ones(len(now), dtype=np.bool_)]),
            np.concatenate([then, now + first]),
            np.concatenate([deal[0][then], deal[1][now]]),
        )


@dataclass(frozen=True, slots=True)
class Apart:
    """``auc``: how often a row of now scores higher than one of then, with its 95 % interval; ``p``: how
    often chance does as well."""

    auc: float
    low: float
    high: float
    p: float


def apart(scores: F, sides: Sides, random: np.random.Generator) -> Apart:
    """Do ``scores`` (n,), which know nothing of their own fold's sides, tell now from then?

    Scores are ranked within their fold, so that folds of other levels mix. Shuffled are the sides of blocks
    within folds, which is right because a fold's scores do not know them; drawn again are the blocks of each
    side.
    """
    from scipy.stats import rankdata  # here: it takes long to load, and few tasks need it

    ranks = np.empty(len(scores))
    for fold in range(FOLDS):
        mine = sides.fold == fold
        ranks[mine] = rankdata(scores[mine]) / max(1, mine.sum())
    ranks = rankdata(ranks)
    blocks = int(sides.block.max()) + 1
    size: F = np.bincount(sides.block, minlength=blocks).astype(np.float64)
    total: F = np.bincount(sides.block, ranks, minlength=blocks).astype(np.float64)
    first = np.unique(sides.block, return_index=True)[1]
    is_now, folds = sides.now[first].astype(np.float64), sides.fold[first]
    auc = float(_auc(is_now, total, size))
    drawn = np.tile(is_now, (DRAWS, 1))
    for one in range(FOLDS):
        mine = np.flatnonzero(folds == one)
        drawn[:, mine] = random.permuted(drawn[:, mine], axis=1)
    p = (1 + np.count_nonzero(_auc(drawn, total, size) >= auc - 1e-12)) / (1 + DRAWS)
    low, high = _interval(ranks, sides, random)
    return Apart(auc, min(low, auc), max(high, auc), float(p))


def _auc(is_now: F, total: F, size: F) -> F:
    """Mann and Whitney's statistic as a share, from ranks summed over blocks; is_now (…, blocks)."""
    n = is_now @ size
    m = size.sum() - n
    return np.asarray((is_now @ total - n * (n + 1) / 2) / (n * m))


def _interval(ranks: F, sides: Sides, random: np.random.Generator) -> tuple[float, float]:
    """95 % of the area over blocks drawn again: pairs won are counted by pair of blocks once."""
    now, then = ranks[sides.now], ranks[~sides.now]
    rows, columns = (
        np.unique(sides.block[which], return_inverse=True)[1] for which in (sides.now, ~sides.now)
    )
    order = np.argsort(then, kind="stable")
    sorted_then, sorted_columns = then[order], columns[order]
    won = np.zeros((rows.max() + 1, columns.max() + 1))
    below = np.zeros((len(then) + 1, columns.max() + 1), dtype=np.float32)
    np.cumsum(np.eye(columns.max() + 1, dtype=np.float32)[sorted_columns], axis=0, out=below[1:])
    left, right = (np.searchsorted(sorted_then, now, side) for side in ("left", "right"))
    np.add.at(won, rows, (below[left] + below[right]) / 2)
    sizes = np.bincount(rows)[:, None] * np.bincount(columns)[None]
    a, b = won.shape
    draw_a = random.multinomial(a, np.full(a, 1 / a), RESAMPLES).astype(np.float64)
    draw_b = random.multinomial(b, np.full(b, 1 / b), RESAMPLES).astype(np.float64)
    wins = np.einsum("ri,ij,rj->r", draw_a, won, draw_b, optimize=True)
    pairs = np.einsum("ri,ij,rj->r", draw_a, sizes.astype(np.float64), draw_b, optimize=True)
    return interval.percentile(wins / np.maximum(pairs, 1))
