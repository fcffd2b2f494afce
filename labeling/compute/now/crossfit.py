"""What a recipe says of rows that it was not taught: cross-fitting (Chernozhukov et al. 2018; for predictions
that power an inference, Zrnic and Candès 2024).

Each part of the new rows is judged by a model that was trained without it, by the same recipe on all other
rows. Such a model knows a little less than the one that is proposed, so it looks a little worse.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from labeling.compute.training.rows import Rows

FOLDS = 5
SALT = b"folds"
Fitted = Callable[[Rows, Rows], NDArray[np.float64]]
"""A recipe: fitted on the first rows, the probability (m, k) of each class for the second."""


def folds_of(part: NDArray[np.str_], folds: int = FOLDS) -> NDArray[np.int64]:
    """Which fold each row is in, int64 (n,): all rows of a part in one, the same in every run; folds of equal
    size."""
    names, place = np.unique(part, return_inverse=True)
    order = np.argsort([blake2b(str(name).encode(), key=SALT, digest_size=8).digest() for name in names])
    fold = np.empty(len(names), dtype=np.int64)
    fold[order] = np.arange(len(names)) % max(1, min(folds, len(names)))
    return fold[place]


def crossfitted(
    recipe: Fitted, rows: Rows, judged: NDArray[np.bool_], k: int, folds: int = FOLDS
) -> NDArray[np.float64]:
    """Probabilities float64 (m, k) of the ``judged`` rows of ``rows`` (n), by models not taught its part.

    A class that a fold's model does not know has probability 0. One part alone is judged by a model of the
    other rows. Raises what the recipe raises.
    """
    mine = np.flatnonzero(judged)
    answers = np.zeros((len(mine), k))
    if not len(mine):
        return answers
    fold = folds_of(rows.part[mine], folds)
    for number in np.unique(fold):
        held = mine[fold == number]
        taught = ~np.isin(rows.part, rows.part[held])
        answers[fold == number] = recipe(rows.take(taught), rows.take(np.isin(np.arange(len(rows)), held)))
    return answers
