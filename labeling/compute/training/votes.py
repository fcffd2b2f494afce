"""Old parts that contradict the labels of now lose their vote.

Where the relation changed (parts fail that would have been good), the past outvotes a few new labels for
ever. A model of the past is moved by the new labels alone; an old part whose own label that model now holds
for much less likely than the past did, speaks of a world that is gone, and counts less or not at all (the
idea of TrAdaBoost: Dai, Yang, Xue and Yu 2007, "Boosting for transfer learning", without its rounds).
"""

from __future__ import annotations

import numpy as np

from labeling.compute.training.linear import Floats, Labels, said

SILENT = 0.3  # below this part of its old likelihood a label is not counted at all
PULL = 3.0  # how strongly the model of the past holds against the new labels


def votes(past: Floats, moved: Floats, rows: Floats, label: Labels) -> Floats:
    """How much each old part counts, float64 (n,) from 0 to 1.

    ``past`` and ``moved`` (classes, d + 1) are coefficients before and after the new labels; ``rows`` (n, d)
    scaled, ``label`` int64 (n,).
    """
    place = np.arange(len(label))
    before, after = said(past, rows)[place, label], said(moved, rows)[place, label]
    left = np.minimum(after / np.maximum(before, 1e-9), 1.0)
    return np.where(left < SILENT, 0.0, left)
