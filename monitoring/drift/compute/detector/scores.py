"""What a window of rows says against a frozen reference: one number for each statistic. Pure.

- ``mean``: distance of a window's mean from the reference's, in the reference's deviations.
- ``ks``, ``psi``: distance of the distributions over the reference's tenths (``binned``).
- ``ewma``: the mean's exponentially weighted memory (Roberts 1959), for what creeps.
- ``beside``, the regression-adjusted mean (Hawkins 1991): what of the mean the other readings' means do not
  explain, in the deviations of what they leave of a row: one sensor that drifts breaks what the readings
  have in common, even where it stays within its own range.
- ``narrow``: minus the logarithm of a window's deviation over the reference's, for a sensor that sticks (the
  tail of a small χ² is exponential in it); ``wide``: that deviation itself, for one that grows noisy.
- ``t2``: mean over the window's rows of Hotelling's T² over the components that the reference supports, which
  sees levels, spreads and broken relations; ``q``: what those components leave (Jackson & Mudholkar 1979).
- ``mewma``: T² of the memory of all means together (Lowry et al. 1992).
Values are plain distances; ``tails`` puts them on one scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute import binned

F = NDArray[np.float64]
MEMORY = 0.2
BINS = binned.TENTHS
BINS_LEAST = 20  # rows of a window from which distributions are compared
RIDGE = 0.02  # of a reading's variance: how well others may explain it at most
STILL = 1e-3  # of the reference's deviation; what varies less stands still
ROWS_PER_COMPONENT = 5
JOINT = frozenset({"t2", "q", "mewma"})


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is kept of a reference (m, d): ``mean``, ``sd`` (d,), ``edges`` and ``counts`` of its tenths by
    reading, and whitened components (d, c)."""

    mean: F
    sd: F
    edges: list[F]
    counts: list[F]
    centre: F
    scale: F
    whiten: F
    adjusted: F | None  # (d, d): standard readings to what the others leave of each
    whole: bool  # the components hold all of the reference: nothing is left for q


def freeze(reference: F, common: F | None = None, *, bins: bool = True, adjusted: bool = False) -> Frozen:
    """Freeze ``reference`` float64 (m, d), complete; a constant reading has deviation 0 and decides nothing.

    ``common`` (m, d): what the components are taken of, where it is another drawing of the reference.
    """
    m, d = reference.shape
    mean, sd = reference.mean(axis=0), reference.std(axis=0, ddof=1) if m > 1 else np.zeros(d)
    edges: list[F] = []
    tallies: list[F] = []
    for place in range(d if bins else 0):
        inner = np.unique(np.quantile(reference[:, place], np.linspace(0, 1, BINS + 1)[1:-1]))
        counts = np.bincount(np.searchsorted(inner, reference[:, place]), minlength=inner.size + 1)
        edges.append(inner)
        tallies.append(counts.astype(np.float64))
    joint = reference if common is None else common
    centre, scale = (mean, sd) if common is None else (joint.mean(axis=0), joint.std(axis=0, ddof=1))
    scaled = _scaled(joint, centre, scale)
    covariance = scaled.T @ scaled / max(m - 1, 1)
    values, vectors = np.linalg.eigh(covariance)
    most = max(1, m // ROWS_PER_COMPONENT)
    order = np.argsort(values)[::-1]
    order = order[values[order] > 1e-7 * max(values[order[0]], 1e-300)]
    leading = order[:most]
    whiten = vectors[:, leading] / np.sqrt(values[leading])
    left = None
    if adjusted and d > 1:
        alone = _scaled(reference, mean, sd)
        left = left_of(alone.T @ alone / max(m - 1, 1))
    return Frozen(mean, sd, edges, tallies, centre, scale, whiten, left, leading.size == order.size)


def left_of(correlation: F) -> F:
    """(d, d): standard readings to what the others leave of each, with variance 1 about."""
    precision = np.linalg.inv(correlation + RIDGE * np.eye(len(correlation)))
    return np.asarray(precision / np.sqrt(np.diag(precision))[:, None])


def _scaled(rows: F, mean: F, sd: F) -> F:
    return np.asarray((rows - mean) / np.where(sd > 0, sd, np.inf))


def tenths_of(rows: F, frozen: Frozen) -> list[NDArray[np.intp]]:
    """The tenth of the reference to which each row belongs, by reading: [(n,)], none where none are kept."""
    return [np.searchsorted(inner, rows[:, place]) for place, inner in enumerate(frozen.edges)]


def windows_of(
    rows: F, frozen: Frozen, window: int, *, common: F | None, tenths: list[NDArray[np.intp]] | None = None
) -> dict[str, F]:
    """Statistics of the whole windows of ``rows`` (w * window, d): {name: (w, d) or (w, 1)}.

    ``common``: the rows that joint statistics use, the same where nothing is drawn; None leaves them out.
    ``tenths``: as ``tenths_of`` has them, where the same rows are cut more than once.
    """
    w = rows.shape[0] // window
    rows = rows[: w * window]
    means = _means(_scaled(rows, frozen.mean, frozen.sd), window)
    values: dict[str, F] = {"mean": np.abs(means)}
    if frozen.adjusted is not None:
        values["beside"] = np.abs(means @ frozen.adjusted.T)
    if common is None or rows.shape[1] == 1:
        values["ewma"] = np.abs(_memory(means))
        if window >= BINS_LEAST:
            within = _scaled(rows, frozen.mean, frozen.sd).reshape(w, window, -1).std(axis=1)
            values["narrow"], values["wide"] = narrow(within), within
    if frozen.edges and window >= BINS_LEAST:
        tenths = tenths_of(rows, frozen) if tenths is None else tenths
        values |= _distributions(tenths, frozen, window, w)
    if common is not None:
        values |= _joint(_scaled(common[: w * window], frozen.centre, frozen.scale), frozen, window)
    return values


def narrow(within: F) -> F:
    """How narrow windows with deviations ``within`` (in the reference's) are."""
    return np.maximum(0.0, -np.log(np.maximum(within, STILL)))


def _means(scaled: F, window: int) -> F:
    return np.asarray(scaled.reshape(-1, window, scaled.shape[1]).mean(axis=1))


def _memory(means: F) -> F:
    """The exponentially weighted memory of means (w, d). It begins empty, so its early values are worth
    more."""
    from scipy.signal import lfilter  # here: it takes long to load, and few tasks need it

    grown = np.sqrt(1 - (1 - MEMORY) ** (2 * np.arange(1, len(means) + 1)))[:, None]
    return np.asarray(lfilter([MEMORY], [1.0, MEMORY - 1.0], means, axis=0) / grown)


def _joint(scaled: F, frozen: Frozen, window: int) -> dict[str, F]:
    seen = scaled @ frozen.whiten
    values = {"t2": _means((seen**2).sum(axis=1, keepdims=True), window)}
    if not frozen.whole:
        norms = np.linalg.norm(frozen.whiten, axis=0)  # undone, the components are orthonormal
        back = scaled - (seen / norms) @ (frozen.whiten / norms).T
        values["q"] = _means((back**2).sum(axis=1, keepdims=True), window)
    if scaled.shape[1] > 1:
        values["mewma"] = ((_memory(_means(scaled, window)) @ frozen.whiten) ** 2).sum(axis=1, keepdims=True)
    return values


def _distributions(tenths: list[NDArray[np.intp]], frozen: Frozen, window: int, w: int) -> dict[str, F]:
    d = len(tenths)
    ks, psi = np.zeros((w, d)), np.zeros((w, d))
    number = np.repeat(np.arange(w), window)
    for place, learned in enumerate(frozen.counts):
        k = learned.size
        if k < 2:
            continue
        counts = np.bincount(number * k + tenths[place][: number.size], minlength=w * k).reshape(w, k)
        ks[:, place], psi[:, place] = binned.ks(counts, learned), binned.psi(counts, learned)
    return {"ks": ks, "psi": psi}
