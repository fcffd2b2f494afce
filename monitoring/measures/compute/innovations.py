"""The distribution of what a chart is fed in control: mean 0, variance 1.

A normal where the reference is short. With ``ENOUGH`` values it is the reference's own distribution,
smoothed with a normal kernel (Silverman's bandwidth, shrunk so that the variance stays 1; Silverman 1986,
section 6.4): limits then hold for skew and for heavy tails as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

ENOUGH = 1000
STEPS = 2000


@dataclass(frozen=True, slots=True)
class Innovations:
    """A distribution function: ``cdf`` float (m,) in [0, 1], of standardised values float (m,)."""

    grid: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    mass: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    kurtosis: float = 3.0

    def cdf(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self.grid.size:
            return np.asarray(ndtr(values), dtype=np.float64)
        return np.interp(values, self.grid, self.mass, left=0.0, right=1.0)

    def mirrored(self) -> Innovations:
        """The distribution of the negative."""
        if not self.grid.size:
            return self
        return Innovations(-self.grid[::-1], 1.0 - self.mass[::-1], self.kurtosis)


NORMAL = Innovations()


def of(residuals: NDArray[np.float64]) -> Innovations:
    """The distribution of standardised ``residuals`` float (n,); the normal below ``ENOUGH`` of them."""
    if residuals.size < ENOUGH:
        return NORMAL
    low, high = float(residuals.min()), float(residuals.max())
    quartiles = np.quantile(residuals, [0.25, 0.75])
    spread = min(float(residuals.std()), float(quartiles[1] - quartiles[0]) / 1.349) or 1.0
    width = 0.9 * spread * residuals.size ** (-0.2)
    edges = np.linspace(low - 5 * width, high + 5 * width, STEPS + 1)
    step = float(edges[1] - edges[0])
    # the kernel as masses of bins, so that what is smoothed is a distribution again
    reach = int(np.ceil(5 * width / step))
    kernel = np.diff(ndtr((np.arange(-reach, reach + 2) - 0.5) * step / width))
    density = np.convolve(np.histogram(residuals, edges)[0] / residuals.size, kernel, mode="same")
    mass = np.concatenate(([0.0], np.cumsum(density)))
    centred = residuals - residuals.mean()
    kurtosis = float(np.mean(centred**4) / max(float(np.mean(centred**2)) ** 2, 1e-12))
    shrink = float(np.sqrt(1.0 + width * width))
    return Innovations(edges / shrink, mass / mass[-1], max(1.0, kurtosis))
