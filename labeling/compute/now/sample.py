"""Which part of what comes now each labelled row stands for.

- The population are the parts that a machine judged since the happening. A row stands for ``weight`` of them:
  one over the probability with which its node sent it (Horvitz and Thompson 1952).
- A batch of questions is drawn from the rows that are there when it is asked, its frame: some with certainty
  (they stand for themselves alone), the others by chance with the probability ``drawn``; those stand for the
  rest of the frame, as a ratio (Hájek 1971).
- Rows that inspection found came by chance from all of them: a batch of their own without a certain row.
- What earlier batches brought is known when a later one is drawn, so it stands for itself there: each batch
  gives an estimate of its own that is right by design, and they are averaged by what each can know before a
  single truth is looked at.

So every row has a coefficient; all together are 1, and a share is their sum over the rows of which a thing is
true. Those of rows that the model chose are ``known``; a row that came by ``chance`` counts there with all
that it stands for, also in later batches, because it is one draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
B = NDArray[np.bool_]
INSPECTED = -1


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows with a truth. ``truth`` int64 (n,) places among the classes; ``weight`` float64 (n,) parts that a
    row stands for, at least 1; ``batch`` int64 (n,), rising in time, ``INSPECTED`` for inspection results;
    ``drawn`` float64 (n,) the probability of the draw within its batch, 1 for a certain one; ``came``
    float64 (n,) when the part was made."""

    truth: NDArray[np.int64]
    weight: F
    batch: NDArray[np.int64]
    drawn: F
    came: F

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, which: NDArray[Any]) -> Labelled:
        return Labelled(*(getattr(self, name)[which] for name in Labelled.__slots__))


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Rows of the same time without a truth: ``weight`` and ``came`` as of ``Labelled``, both (u,)."""

    weight: F
    came: F

    def __len__(self) -> int:
        return len(self.weight)

    def take(self, which: NDArray[Any]) -> Unlabelled:
        return Unlabelled(self.weight[which], self.came[which])

    @staticmethod
    def none() -> Unlabelled:
        return Unlabelled(np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Standing:
    """``known`` and ``chance`` float64 (n,): the coefficients; ``rest`` float64 (u,): the share of the
    population that each unlabelled row stands for. ``n`` rows came by chance;
    ``parts`` are in the population."""

    known: F
    chance: F
    rest: F
    n: int
    parts: float

    @property
    def whole(self) -> F:
        return self.known + self.chance


def standing(rows: Labelled, others: Unlabelled, asked: dict[int, float] | None = None) -> Standing | None:
    """The coefficients of ``rows``; None where no row came by chance and the frame is not known whole.

    ``asked``: when each batch was drawn; a batch without a time had every row in its frame.
    """
    moments = asked or {}
    estimates: list[tuple[float, F, F, F]] = []
    for batch in np.unique(rows.batch):
        one = _of_batch(rows, others, int(batch), moments.get(int(batch), np.inf))
        if one is not None:
            estimates.append(one)
    if not estimates:
        return None
    precision = np.array([one[0] for one in estimates])
    share = precision / precision.sum()
    known, chance, rest = (
        np.sum([part * one[at] for part, one in zip(share, estimates, strict=True)], axis=0)
        for at in (1, 2, 3)
    )
    drawn = (rows.drawn < 1.0) | (rows.batch == INSPECTED)
    known, chance = np.where(drawn, 0.0, known), np.where(drawn, chance + known, chance)
    parts = float(rows.weight.sum() + others.weight.sum())
    return Standing(known, chance, rest, int(np.count_nonzero(chance)), parts)


def _of_batch(rows: Labelled, others: Unlabelled, batch: int, moment: float) -> tuple[float, F, F, F] | None:
    """Precision of one batch's estimate, and its coefficients; None where it says nothing of its rest."""
    inspected = rows.batch == INSPECTED
    mine = rows.batch == batch
    if batch == INSPECTED:
        framed, free = np.ones(len(rows), dtype=np.bool_), np.ones(len(others), dtype=np.bool_)
        known = np.zeros(len(rows), dtype=np.bool_)
    else:
        framed, free = ~inspected & ((rows.came <= moment) | mine), others.came <= moment
        known = framed & ((rows.batch < batch) | (mine & (rows.drawn >= 1.0)))
    drawn = mine & ~known
    left = framed & ~known
    total = rows.weight[framed].sum() + others.weight[free].sum()
    kept = rows.weight[left].sum() + others.weight[free].sum()
    exact = np.where(known, rows.weight, 0.0) / total
    if not drawn.any():
        if kept > 0:
            return None
        return _precision(rows, exact, np.zeros(len(rows))), exact, np.zeros(len(rows)), np.zeros(len(others))
    stands = np.where(drawn, rows.weight / rows.drawn, 0.0)
    by_chance = kept / total * stands / stands.sum()
    spread = np.where(free, others.weight, 0.0)
    rest = kept / total * spread / spread.sum() if spread.any() else np.zeros(len(others))
    return _precision(rows, exact, by_chance), exact, by_chance, rest


def _precision(rows: Labelled, known: F, chance: F) -> float:
    """One over the variance of an estimate whose rows all differ alike."""
    variance = float((known**2 * (1.0 - 1.0 / rows.weight)).sum() + (chance**2).sum())
    return 1.0 / max(variance, 1e-12)


def effective(coefficients: F) -> float:
    """How many rows of equal weight say as much (Kish 1965)."""
    square = float((coefficients**2).sum())
    return float(coefficients.sum()) ** 2 / square if square > 0 else 0.0
