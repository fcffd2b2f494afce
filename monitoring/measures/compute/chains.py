"""Average run lengths by Markov chains, for whatever distribution the values have.

- CUSUM, one-sided: Brook and Evans 1972, "An approach to the probability distribution of CUSUM run length".
- EWMA, two-sided: Lucas and Saccucci 1990, "Exponentially weighted moving average control schemes".
- EWMA, one-sided with a barrier at zero: Crowder and Hamilton 1992.
- Both sides of a CUSUM together: 1 / ARL = 1 / ARL⁺ + 1 / ARL⁻ (Kemp 1961; exact for k > 0).

``shift`` and ``scale``: the values are ``shift + scale · ε``, with ε of ``innovations``; in control 0 and
1. Run lengths are in values, from the start at zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitoring.measures.compute.innovations import NORMAL, Innovations

STATES = 80
LONGEST = 1e12


def run_length(moves: NDArray[np.float64], start: int) -> float:
    """Expected steps to absorption of the transient part ``moves`` (m, m), from the state ``start``."""
    try:
        steps = np.linalg.solve(np.eye(len(moves)) - moves, np.ones(len(moves)))
    except np.linalg.LinAlgError:
        return LONGEST
    length = float(steps[start])
    return min(length, LONGEST) if np.isfinite(length) and length >= 1.0 else LONGEST


def _inside(
    innovations: Innovations, edges: NDArray[np.float64], shift: float, scale: float
) -> NDArray[np.float64]:
    return innovations.cdf((edges - shift) / scale)


def shewhart_side(
    _parameter: float,
    h: float,
    *,
    innovations: Innovations = NORMAL,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = STATES,
) -> float:
    """x > h; a chart without memory, so its run length is geometric."""
    inside = float(_inside(innovations, np.array([h]), shift, scale)[0])
    return min(LONGEST, 1.0 / max(1.0 - inside, 1.0 / LONGEST))


def shewhart(
    _parameter: float,
    h: float,
    *,
    innovations: Innovations = NORMAL,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = STATES,
) -> float:
    """|x| > h."""
    below, inside = _inside(innovations, np.array([-h, h]), shift, scale)
    return min(LONGEST, 1.0 / max(1.0 - float(inside - below), 1.0 / LONGEST))


def cusum_side(
    k: float,
    h: float,
    *,
    innovations: Innovations = NORMAL,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = STATES,
) -> float:
    """S ← max(0, S + x - k) until S > h."""
    width = 2.0 * h / (2 * states - 1)
    at = np.arange(states, dtype=np.float64)
    upper = (at[None, :] - at[:, None] + 0.5) * width + k
    chain = _inside(innovations, upper, shift, scale)
    moves = np.empty_like(chain)
    moves[:, 0] = chain[:, 0]
    moves[:, 1:] = np.diff(chain, axis=1)
    return run_length(moves, 0)


def cusum(
    k: float,
    h: float,
    *,
    innovations: Innovations = NORMAL,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = STATES,
) -> float:
    """Both sides of the CUSUM."""
    up = cusum_side(k, h, innovations=innovations, shift=shift, scale=scale, states=states)
    mirrored = innovations.mirrored()
    down = cusum_side(k, h, innovations=mirrored, shift=-shift, scale=scale, states=states)
    return 1.0 / (1.0 / up + 1.0 / down)


def ewma(
    lam: float,
    h: float,
    *,
    innovations: Innovations = NORMAL,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = STATES,
) -> float:
    """Z ← (1 - λ) Z + λ x until |Z| > h."""
    count = 2 * states + 1
    width = 2.0 * h / count
    centres = (np.arange(count) - states) * width
    edges = np.append(centres - width / 2, h)
    chain = _inside(innovations, (edges[None, :] - (1 - lam) * centres[:, None]) / lam, shift, scale)
    return run_length(np.diff(chain, axis=1), states)


def ewma_side(
    lam: float,
    h: float,
    *,
    innovations: Innovations = NORMAL,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = STATES,
) -> float:
    """Z ← max(0, (1 - λ) Z + λ x) until Z > h."""
    width = 2.0 * h / (2 * states - 1)
    centres = np.arange(states) * width
    edges = centres + width / 2
    chain = _inside(innovations, (edges[None, :] - (1 - lam) * centres[:, None]) / lam, shift, scale)
    moves = np.empty_like(chain)
    moves[:, 0] = chain[:, 0]
    moves[:, 1:] = np.diff(chain, axis=1)
    return run_length(moves, 0)
