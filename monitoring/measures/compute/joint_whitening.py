"""Several series made independent in time and alike in spread: what a joint chart is fed.

1. Each part alone, as for a chart of its own (``whitening``); not at all where the next does it better (BIC).
2. What one part says of another a value later: an autoregression of the residuals on one another, of the
   order that BIC chooses, up to ``MOST_LAGS`` (Lütkepohl 2005, section 4.3); mostly none.
3. The correlation of what is left, drawn towards none by as much as chance would have made (Schäfer and
   Strimmer 2005), so that it can be inverted.

One row says nothing alone, as one value does not: rows are drawn in to the distance that a normal one
passes as seldom as one value passes ``whitening.CUT``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtr

from monitoring.measures.compute import whitening

MOST_LAGS = 2
SAME = 1e-3  # the smallest eigenvalue of a correlation below which parts tell the same
INVOLVED = 0.3
FLAT = 1e-6


class Unfit(ValueError):
    """A reference that no joint chart can be fitted on: ``reason`` is short, constant or equal, ``parts`` are
    the indices of those that it is about."""

    def __init__(self, reason: str, parts: tuple[int, ...] = ()) -> None:
        super().__init__(f"{reason} {parts}")
        self.reason, self.parts = reason, parts


@dataclass(frozen=True, slots=True)
class JointWhitener:
    """The whiteners of p parts; ``cross``: (p, p) for each lag; ``spread`` (p,) of what is left then, and its
    ``correlation`` (p, p)."""

    parts: tuple[whitening.Whitener, ...]
    cross: tuple[NDArray[np.float64], ...]
    spread: NDArray[np.float64]
    correlation: NDArray[np.float64]

    @property
    def lags(self) -> int:
        """Rows that lead in."""
        return max(len(one.ar) for one in self.parts) + len(self.cross)

    def residuals(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Residuals float (n - lags, p) of ``rows`` float (n, p), all finite; of spread about 1 each."""
        left = _left(rows, self.parts, self.cross) / self.spread
        distance = np.sqrt(np.einsum("np,np->n", left, np.linalg.solve(self.correlation, left.T).T))
        return left * np.minimum(1.0, farthest(len(self.parts)) / np.maximum(distance, 1e-9))[:, None]

    def to_json(self) -> dict[str, Any]:
        return {
            "parts": [asdict(one) | {"ar": list(one.ar)} for one in self.parts],
            "cross": [one.tolist() for one in self.cross],
            "spread": self.spread.tolist(),
            "correlation": self.correlation.tolist(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(
            tuple(whitening.Whitener(**(one | {"ar": tuple(one["ar"])})) for one in stored["parts"]),
            tuple(np.array(one, dtype=np.float64) for one in stored["cross"]),
            np.array(stored["spread"], dtype=np.float64),
            np.array(stored["correlation"], dtype=np.float64),
        )


def fit(rows: NDArray[np.float64], least_sds: tuple[float, ...]) -> JointWhitener:
    """Fit a reference float (n, p), all finite; ``least_sds`` as in ``whitening.fit``. Unfit."""
    whiteners = [_whitened(rows, least_sds, most_lags=most) for most in (whitening.MOST_LAGS, 0)]
    parts, cross = min(whiteners, key=lambda one: _information_of(rows, *one))
    left = _left(rows, parts, cross)
    covariance = np.cov(left, rowvar=False)
    spread, correlation = spread_of(covariance), correlation_of(covariance)
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < SAME:
        raise Unfit("equal", tuple(int(at) for at in np.flatnonzero(np.abs(vectors[:, 0]) > INVOLVED)))
    return JointWhitener(parts, cross, spread, shrunk(correlation, len(left)))


def _whitened(
    rows: NDArray[np.float64], least_sds: tuple[float, ...], *, most_lags: int
) -> tuple[tuple[whitening.Whitener, ...], tuple[NDArray[np.float64], ...]]:
    parts = []
    for at, least in enumerate(least_sds):
        try:
            parts.append(whitening.fit(rows[:, at], least_sd=least, most_lags=most_lags))
        except ValueError:
            raise Unfit("constant", (at,)) from None
    return tuple(parts), _cross(_left(rows, tuple(parts), ()))


def _information_of(
    rows: NDArray[np.float64],
    parts: tuple[whitening.Whitener, ...],
    cross: tuple[NDArray[np.float64], ...],
) -> float:
    """BIC of a whole model, on rows that all models have residuals of."""
    left = _left(rows, parts, cross)
    newest = left[-(len(rows) - whitening.MOST_LAGS - MOST_LAGS) :]
    scale = 2 * sum(np.log(one.sd * one.noise) for one in parts)
    parameters = sum(len(one.ar) for one in parts) + sum(one.size for one in cross)
    moving = newest.std(axis=0) > FLAT
    return _information(newest[:, moving], parameters) + float(len(newest) * scale)


def farthest(p: int) -> float:
    """How far from 0 a row of ``p`` parts may lie, in standard deviations."""
    return float(np.sqrt(chdtri(p, 2 * ndtr(-whitening.CUT))))


def spread_of(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviations float (…, p) of a covariance; 1 of what never moves."""
    sd = np.sqrt(np.einsum("...ii->...i", covariance))
    return np.where(sd < FLAT, 1.0, sd)


def correlation_of(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation float (…, p, p) of a covariance; none with what never moves."""
    sd = spread_of(covariance)
    correlation = covariance / (sd[..., :, None] * sd[..., None, :])
    return np.where(np.eye(covariance.shape[-1], dtype=bool), 1.0, correlation)


def shrunk(correlation: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Correlation float (…, p, p) of ``n`` rows, drawn towards the identity."""
    identity = np.eye(correlation.shape[-1])
    squares = np.square(correlation * (1 - identity))
    chance = (np.square(1 - squares) * (1 - identity)).sum(axis=(-2, -1)) / max(1, n - 1)
    share = np.clip(chance / np.maximum(squares.sum(axis=(-2, -1)), 1e-12), 1e-3, 1.0)[..., None, None]
    return (1 - share) * correlation + share * identity


def _left(
    rows: NDArray[np.float64],
    parts: tuple[whitening.Whitener, ...],
    cross: tuple[NDArray[np.float64], ...],
) -> NDArray[np.float64]:
    own = max(len(one.ar) for one in parts)
    each = [one.residuals(rows[own - len(one.ar) :, at]) for at, one in enumerate(parts)]
    return _without(np.column_stack(each), cross)


def _without(rows: NDArray[np.float64], cross: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
    q = len(cross)
    left = rows[q:].copy()
    for lag, one in enumerate(cross, start=1):
        left -= rows[q - lag : len(rows) - lag] @ one.T
    return left


def _cross(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Coefficients of the residuals on one another; none where chance explains as much."""
    n, p = rows.shape
    moving = rows.std(axis=0) > FLAT
    best: tuple[NDArray[np.float64], ...] = ()
    current = rows[MOST_LAGS:]
    least = _information(current[:, moving], 0)
    for q in range(1, MOST_LAGS + 1):
        if n - MOST_LAGS < 10 * p * q:
            break
        lagged = np.hstack([rows[MOST_LAGS - lag : n - lag] for lag in range(1, q + 1)])
        weights = np.asarray(np.linalg.lstsq(lagged, current, rcond=None)[0], dtype=np.float64)
        score = _information((current - lagged @ weights)[:, moving], q * p * p)
        made = tuple(weights[lag * p : (lag + 1) * p].T for lag in range(q))
        if score < least and _stable(made):
            least, best = score, made
    return best


def _information(left: NDArray[np.float64], parameters: int) -> float:
    """BIC of residuals (n, p)."""
    n = len(left)
    log_determinant = np.linalg.slogdet(left.T @ left / n + 1e-12 * np.eye(left.shape[1]))[1]
    return float(n * log_determinant + parameters * np.log(n))


def _stable(cross: tuple[NDArray[np.float64], ...]) -> bool:
    p, q = len(cross[0]), len(cross)
    companion = np.eye(p * q, k=-p)
    companion[:p] = np.hstack(cross)
    return bool(np.abs(np.linalg.eigvals(companion)).max() < 0.98)
