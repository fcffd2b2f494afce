"""Memory of readings whose values repeat: a bound that is often touched, a display of few digits. Pure.

Scores of such a reading resemble each other less than what lies behind it. With the Hermite coefficients a_j
of the step from a normal score to the tied one, a correlation ρ behind it shows as Σ a_j² j! ρ^j / Σ a_j² j!
(Cario & Nelson 1997, who go the other way). That is undone lag by lag, and the autoregression taken of what
lies behind.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

F = NDArray[np.float64]
REPEATED = 0.9  # of the rows: as many different values repeat too little to matter
TIED = 0.97  # of a small correlation that is left, from which it matters
DEGREES = 24
AT = np.linspace(-7.0, 7.0, 4001)


def autoregression(scores: F) -> F:
    """Partial autocorrelations (p,) of what lies behind tied, centred scores (m,); p by AIC."""
    from monitoring.drift.compute.detector.process import ORDER_MOST, ROWS_PER_LAG, STEADY

    m = scores.size
    most = int(min(ORDER_MOST, m // ROWS_PER_LAG))
    if most < 1 or not np.any(scores):
        return np.empty(0)
    covariance = np.fft.irfft(np.abs(np.fft.rfft(scores, 2 * m)) ** 2)[: most + 1]
    seen = covariance[1:] / covariance[0]
    behind = undone(scores, seen)
    coefficients: list[float] = []
    phi, error = np.empty(0), 1.0
    best, order = 0.0, 0
    for lag in range(most):
        kappa = float(behind[lag] - phi @ behind[:lag][::-1]) / max(error, 1e-6) if lag else float(behind[0])
        kappa = float(np.clip(kappa, -STEADY, STEADY))
        coefficients.append(kappa)
        phi = np.r_[phi - kappa * phi[::-1], kappa]
        error *= 1 - kappa**2
        # what is undone is less sure than what was seen, so a lag has to explain more (Schwarz 1978)
        if (
            score := m * np.log(max(error, 1e-12)) * float(attenuation(scores)) + np.log(m) * (lag + 1)
        ) < best:
            best, order = score, lag + 1
    return np.asarray(coefficients[:order])


def tied(scores: F) -> bool:
    """Whether so many of the scores (m,) are equal that they hide what lies behind."""
    return np.unique(scores).size < REPEATED * scores.size and attenuation(scores) < TIED


def weights(scores: F) -> F:
    """a_j² j! of j = 1 to ``DEGREES``, summing to 1 about."""
    values, counts = np.unique(scores, return_counts=True)
    edges = counts.cumsum()[:-1] / scores.size
    step = values[np.searchsorted(edges, ndtr(AT))]
    density = np.exp(-(AT**2) / 2) * (AT[1] - AT[0]) / np.sqrt(2 * np.pi)
    before, here, powers = np.zeros_like(AT), np.ones_like(AT), []
    for degree in range(1, DEGREES + 1):  # normalised Hermite polynomials
        before, here = here, (AT * here - np.sqrt(degree - 1) * before) / np.sqrt(degree)
        powers.append(float((step * here) @ density) ** 2)
    whole = float(((step - step @ density) ** 2) @ density)
    told: F = np.asarray(powers) / max(whole, 1e-12)
    return told


def attenuation(scores: F) -> float:
    """What of a small correlation is left in tied scores."""
    return float(weights(scores)[0])


def undone(scores: F, seen: F) -> F:
    """Correlations behind tied scores that show as ``seen`` (k,)."""
    rho = np.linspace(-0.995, 0.995, 400)
    each = weights(scores)
    rest = max(0.0, 1 - float(each.sum()))  # degrees beyond count as the last one
    shown = (each * rho[:, None] ** np.arange(1, DEGREES + 1)).sum(axis=1) + rest * rho ** (DEGREES + 1)
    return np.interp(seen, np.maximum.accumulate(shown), rho)
