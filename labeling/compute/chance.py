"""What comes by chance: rows drawn by how many parts they stand for, and those asked about anyway that the
same draw hit.

A batch asks about some rows for certain: the model hesitates there, or a node was too unsure to decide. The
share by chance is drawn from the others (decision 23), so alone it holds none of the hardest parts, and what
is measured or promised on it would be too good. Whoever is asked about anyway takes part in the draw with the
same rate per part; those that it hits measure too, without another question.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
Places = NDArray[np.int_]


def drawn(size: F, count: int, random: np.random.Generator) -> tuple[Places, F]:
    """Up to ``count`` places drawn with a probability proportional to ``size`` (n,), and that probability."""
    count = min(count, len(size))
    share = np.zeros(len(size))
    sure = np.zeros(len(size), dtype=np.bool_)
    while count > sure.sum():
        share = np.where(sure, 1.0, (count - sure.sum()) * size / size[~sure].sum())
        if not (share > 1.0).any():
            break
        sure = sure | (share >= 1.0)
        share = np.minimum(share, 1.0)
    hit = _systematic(share, random)
    return hit, share[hit]


def rate(size: F, inclusion: F) -> float:
    """The probability per part with which rows were drawn: ``inclusion`` (k,) of the drawn, which stand for
    ``size`` (k,) parts each; 0 where none was."""
    return float((inclusion / size).max()) if len(size) else 0.0


def hit(size: F, rate: float, random: np.random.Generator) -> Places:
    """Those of rows that are asked about anyway, standing for ``size`` (n,) parts each, that the draw hit."""
    return _systematic(np.minimum(1.0, rate * size), random)


def _systematic(share: F, random: np.random.Generator) -> Places:
    """Places drawn each with its ``share`` (n,), in an order of chance (Madow 1949)."""
    order = random.permutation(len(share))
    steps = np.floor(np.cumsum(share[order]) + random.random() + 1e-9)
    return np.sort(order[np.diff(steps, prepend=0.0) > 0])
