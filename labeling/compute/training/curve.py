"""Whether more labels pay: the learning curve of the recipe that was taken.

- The same rows are judged by models that were taught half of the other labels and all of them; every row by
  models that were not taught it. Counted is the chance that the model gives to wrong answers, which says more
  about few rows than right and wrong do.
- Near where one stands, error falls by about the same with every doubling (Cortes, Jackel, Solla, Vapnik and
  Denker 1993, "Learning curves: asymptotic values and rate of convergence", taken at one point), so ``MORE``
  labels bring log2(1 + MORE / n) of what the last doubling brought.
- Advice goes by the interval, never by the middle alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from labeling.compute.training.choice import folds, likely
from labeling.compute.training.linear import Floats
from labeling.compute.training.recipes import Lesson, Recipe

MORE = 20
LITTLE = 0.01  # of parts wrong; less than that changes little
Z = 1.96
FEWEST = 16


def advised(recipe: Recipe, lesson: Lesson, part: Any) -> dict[str, Any] | None:
    """{"labels", "half", "all": chances of a wrong answer, "more", "gain", "low", "high", "advice"}: what
    ``MORE`` labels would take off, with its 95 % interval; ``advice`` is "pay", "little" or "unclear".

    None with fewer than ``FEWEST`` parts since.
    """
    new = np.flatnonzero(lesson.recent)
    n = len(new)
    if n < FEWEST:
        return None
    half, whole = np.zeros(len(lesson.label)), np.zeros(len(lesson.label))
    order = np.argsort(np.argsort(lesson.at[new], kind="stable"), kind="stable")
    odd = np.zeros(len(lesson.label), dtype=np.bool_)
    odd[new] = order % 2 == 0
    for fold in folds(lesson, part):
        if not len(fold.new):
            continue
        for keeps, errors in ((fold.taught, whole), (fold.taught & (~lesson.recent | odd), half)):
            errors[fold.new] = 1.0 - likely(recipe, lesson, keeps, fold.new)
    share = lesson.stands[new] / lesson.stands[new].sum()
    won = half[new] - whole[new]
    doubled = float(share @ won)
    error = float(np.sqrt(share**2 @ (won - doubled) ** 2))
    of_doubling = math.log2(1 + MORE / n)
    gain, low, high = (of_doubling * one for one in (doubled, doubled - Z * error, doubled + Z * error))
    return {
        "labels": n,
        "half": _mean(share, half[new]),
        "all": _mean(share, whole[new]),
        "more": MORE,
        "gain": gain,
        "low": low,
        "high": high,
        "advice": "little" if high < LITTLE else "pay" if low > 0 and gain >= LITTLE else "unclear",
    }


def _mean(share: Floats, errors: Floats) -> float:
    return float(share @ errors)
