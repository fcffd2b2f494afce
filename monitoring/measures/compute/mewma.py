"""The multivariate EWMA (Lowry, Woodall, Champ and Rigdon 1992) and its limit.

Z ← (1 - λ) Z + λ x for standardised, uncorrelated x (p,); T² = (2 - λ) / λ · ‖Z‖². In control the norm of Z
is a Markov chain on one dimension, so the run length is exact up to its grid (Runger and Prabhu 1996).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitoring.measures.compute.chains import run_length

STATES = 40


def run_length_of(p: int, lam: float, h: float, *, states: int = STATES) -> float:
    """Average run length in control of ``p`` streams with the limit ``h`` on T²."""
    from scipy.stats import ncx2  # here: it takes long to load, and few tasks need it

    radius = np.sqrt(h * lam / (2 - lam))
    width = 2.0 * radius / (2 * states + 1)
    at = np.arange(states + 1)
    centre = ((1 - lam) * at * width / lam) ** 2
    edges = ((at + 0.5) * width / lam) ** 2
    reached = np.asarray(ncx2.cdf(edges[None, :], p, np.maximum(centre, 1e-12)[:, None]))
    moves = np.empty_like(reached)
    moves[:, 0] = reached[:, 0]
    moves[:, 1:] = np.diff(reached, axis=1)
    return run_length(moves, 0)


def limit_for(p: int, lam: float, arl: float) -> float:
    """The limit on T² with which ``p`` streams have the average run length ``arl`` in control."""
    low, high = 0.1, 4.0 * p + 40.0
    while run_length_of(p, lam, high) < arl and high < 1e5:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if run_length_of(p, lam, middle) < arl else (low, middle)
        if high - low < 1e-4:
            break
    return (low + high) / 2


def statistics(values: NDArray[np.float64], lam: float) -> NDArray[np.float64]:
    """T² float (n,) of standardised, uncorrelated ``values`` (n, p); a row with a gap leaves Z as it is."""
    z, t2 = np.zeros(values.shape[1]), np.empty(len(values))
    for index, row in enumerate(values):
        if np.isfinite(row).all():
            z = (1 - lam) * z + lam * row
        t2[index] = (2 - lam) / lam * float(z @ z)
    return t2
