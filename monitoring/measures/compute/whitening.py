"""Taking the autocorrelation out of a series, so that run lengths of independent values hold.

Why residuals of an autoregression and not limits widened by the long-run variance: the residuals are
independent, so the run length is exact whatever the chart; a widened limit is right for one chart and one
length of memory only. What it costs: with strong autocorrelation a lasting step d shows in the residuals
with its full size once and with (1 - Σ a) d afterwards (Harris and Ross 1991), which is as much as the
series can tell.

- The order is chosen by BIC up to ``MOST_LAGS`` (Levinson and Durbin), the coefficients by least squares, by
  Yule and Walker's where those would not be stationary.
- One value says nothing alone: values are cut at ``RAW`` standard deviations before, and residuals at ``CUT``
  after, in the reference as in what follows; so a single 10⁹ raises no alarm and spoils no reference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_LAGS = 12
RAW, CUT = 8.0, 4.5
WANDERS = 0.97  # sum of the coefficients above which a step and a wandering level look alike


@dataclass(frozen=True, slots=True)
class Whitener:
    """``mean`` and ``sd`` of the series, ``ar`` of the standardised series, ``offset`` and ``noise`` of
    what is left of it."""

    mean: float
    sd: float
    ar: tuple[float, ...]
    offset: float = 0.0
    noise: float = 1.0

    @property
    def memory(self) -> float:
        """Sum of the coefficients: near 1 the series wanders."""
        return sum(self.ar)

    def standard(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standardised and cut values float (n,)."""
        return np.clip((values - self.mean) / self.sd, -RAW, RAW)

    def residuals(self, values: NDArray[np.float64], *, cut: float = CUT) -> NDArray[np.float64]:
        """Standardised residuals float (n - p,) of ``values`` float (n,), the first p of which lead in."""
        residuals = self._left(self.standard(values))
        return np.clip((residuals - self.offset) / self.noise, -cut, cut)

    def _left(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        p = len(self.ar)
        left = z[p:].copy()
        for lag, one in enumerate(self.ar, start=1):
            left -= one * z[p - lag : len(z) - lag]
        return left


def fit(
    values: NDArray[np.float64], *, least_sd: float = 0.0, most_lags: int = MOST_LAGS, cut: float = CUT
) -> Whitener:
    """Fit a reference float (n,), all finite. ``least_sd`` is taken where the values hardly differ.

    ``most_lags``: the highest order; ``cut``: of the residuals. ValueError for a constant reference without
    ``least_sd``.
    """
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle)))
    clipped = np.clip(values, middle - 10 * spread, middle + 10 * spread) if spread > 0 else values
    mean, sd = float(clipped.mean()), float(clipped.std(ddof=1))
    if sd <= 1e-9 * max(abs(mean), 1e-300):
        if least_sd <= 0:
            raise ValueError("a constant reference has no spread")
        return Whitener(mean, least_sd, ())
    first = Whitener(mean, max(sd, least_sd), ())
    z = first.standard(values)
    ar = _coefficients(z, most_lags)
    left = Whitener(mean, first.sd, ar)._left(z)
    offset, noise = float(left.mean()), float(left.std(ddof=len(ar) + 1))
    # cutting takes a little off the tails; the spread is that of what the chart is fed
    fed = np.clip((left - offset) / noise, -cut, cut)
    return Whitener(mean, first.sd, ar, offset + float(fed.mean()) * noise, noise * float(fed.std()))


def of_scores(scores: NDArray[np.float64]) -> Whitener:
    """Of scores (n,) whose mean and deviation theory knows to be 0 and at most 1: memory as the reference
    shows it, and more spread where it shows more, never less (the σ_z of Laney 2002)."""
    ar = _coefficients(scores, MOST_LAGS) if scores.std() > 0 else ()
    left = Whitener(0.0, 1.0, ar)._left(scores)
    return Whitener(0.0, 1.0, ar, 0.0, max(1.0 if not ar else 0.3, float(left.std(ddof=len(ar) + 1))))


def _coefficients(z: NDArray[np.float64], most_lags: int) -> tuple[float, ...]:
    n = z.size
    most = min(most_lags, n // 20)
    centred = z - z.mean()
    cov = np.array([float(centred[: n - lag] @ centred[lag:]) / n for lag in range(most + 1)])
    if cov[0] <= 0:
        return ()
    coefficients: list[NDArray[np.float64]] = [np.zeros(0)]
    error = cov[0]
    scores = [n * np.log(error)]
    for order in range(1, most + 1):
        last = coefficients[-1]
        reflect = (cov[order] - float(last @ cov[order - 1 : 0 : -1])) / error
        coefficients.append(np.append(last - reflect * last[::-1], reflect))
        error = max(error * (1 - reflect * reflect), 1e-12)
        scores.append(n * np.log(error) + order * np.log(n))
    order = int(np.argmin(scores))
    if order == 0:
        return ()
    lagged = np.column_stack([centred[order - lag : n - lag] for lag in range(1, order + 1)])
    exact = np.linalg.lstsq(lagged, centred[order:], rcond=None)[0]
    chosen = exact if _stationary(exact) else coefficients[order]
    return tuple(float(one) for one in chosen)


def _stationary(ar: NDArray[np.float64]) -> bool:
    companion = np.diag(np.ones(ar.size - 1), -1)
    companion[0] = ar
    return bool(np.abs(np.linalg.eigvals(companion)).max() < 0.999)
