"""A model of the reference as a process, to draw other references and streams from. Pure.

- Normal scores of each reading (ranks through Φ⁻¹) keep its distribution apart from its dependence
  (Gaussian copula; Nelsen 2006, chapter 5), so skewed, heavy-tailed and discrete readings are drawn as they
  are.
- The scores of each reading are an AR(p), p by AIC (Akaike 1974; sieve bootstrap, Bühlmann 1997), driven by
  noise whose covariance gives the readings the correlations that the reference has at the same moment.
- A reading that an instrument renews every few rows only is drawn renewed as seldom, and held in between.
- What many readings say together has dynamics of its own: slow common movements, fast small ones. The same
  noise therefore drives a second stretch in which each principal component is an AR(p); joint statistics use
  it.
- Where rows are a sample of the parts, parts between two of them are drawn in between (``spacing``).
- Each draw has its own lag coefficients, out of their sampling law: what a short reference does not know
  about its autocorrelation enters the limits.
- Beyond the reference's extremes the distribution goes on with the slope of its outer values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from monitoring.drift.compute.detector import spacing
from monitoring.drift.compute.detector.components import level as levels
from monitoring.drift.compute.detector.components import spread as spreads
from monitoring.drift.compute.detector.components import ties

F = NDArray[np.float64]
ORDER_MOST, ROWS_PER_LAG = 12, 20
LEAST_INNOVATION = 0.35  # of a reading's deviation: below, ranks of few memories bend what is left of it
STEADY = 0.995  # largest partial autocorrelation: beyond it a reference cannot tell a walk from a memory
GRID = np.linspace(-6.5, 6.5, 521)
WARM = 400  # rows drawn before the first one counts


@dataclass(frozen=True, slots=True)
class Memory:
    """Series with an AR(p) each; ``partial`` [s] arrays (p,) of partial autocorrelations from ``rows`` rows,
    and every how many rows it is renewed ``held`` (s,)."""

    partial: list[F]
    rows: int
    held: NDArray[np.int64]

    def drawn(self, rng: np.random.Generator) -> list[F]:
        """Lag coefficients out of their sampling law: partial autocorrelations vary by √((1 - κ²) / m)."""
        coefficients = []
        for partial, hold in zip(self.partial, self.held, strict=True):
            spread = np.sqrt((1 - partial**2) * hold / self.rows)
            coefficients.append(
                lags(np.clip(partial + spread * rng.standard_normal(partial.size), -STEADY, STEADY))
            )
        return coefficients


Coefficients = tuple[list[F], list[F], spreads.Spread]


@dataclass(frozen=True, slots=True)
class Process:
    """``mixing`` (d, c): independent noise to that of each reading; ``each`` reading's memory; ``toward``
    (k, d): the readings' noise to that of each component, ``together`` the components' memory, ``back`` (d,
    k): components to readings' normal scores; ``steps`` (d,): it keeps to its values; ``maps`` (d, g): value
    of each reading at ``GRID``; ``spread``: how each one's spread wanders, which stretches its grid;
    ``level``: what moves on its own, added to what is drawn (None: nothing)."""

    mixing: F
    each: Memory
    toward: F
    together: Memory
    back: F
    maps: F
    steps: NDArray[np.bool_]
    spread: spreads.Spread
    level: levels.Level | None = None

    @property
    def rows(self) -> int:
        return self.each.rows

    def coefficients(self, rng: np.random.Generator) -> Coefficients:
        return self.each.drawn(rng), self.together.drawn(rng), self.spread.drawn(rng)

    def draw(
        self, rows: int, rng: np.random.Generator, coefficients: Coefficients, *, joint: bool, apart: int = 1
    ) -> tuple[F, F]:
        """One stretch in the readings' units, as readings and as components move: (rows, d) twice, the same
        array where ``joint`` is off. Where the reference's rows lie ``apart`` parts, it is of parts that come
        after one another, and those between two rows go on as ``spacing.between`` has it."""
        knots = spacing.knots_of(rows, apart)
        noise = rng.standard_normal((knots + WARM, self.mixing.shape[1])) @ self.mixing.T
        wide = coefficients[2].draw(knots + WARM, rng)
        if wide is not None:
            noise *= wide
        common = noise @ self.toward.T if joint else noise
        level: F | float = 0.0
        if self.level is not None:
            level = spacing.straight(self.level.drawn(knots, rng), rows, apart)
        fill = self._fill(knots, wide, rng, apart)
        at = _filtered(noise, coefficients[0], self.each.held)
        own = self._mapped(spacing.between(at, first_of(coefficients[0]), self.each.held, fill, rows)) + level
        if not joint:
            return own, own
        moved = _filtered(common, coefficients[1], self.together.held)
        fill = [one @ self.toward.T for one in fill]
        moved = spacing.between(moved, first_of(coefficients[1]), self.together.held, fill, rows)
        return own, self._mapped(moved @ self.back.T) + level

    def _fill(self, knots: int, wide: F | None, rng: np.random.Generator, apart: int) -> list[F]:
        """What is new in each part between two rows (knots - 1, d), ``apart`` - 1 times."""
        shape = (knots - 1, self.mixing.shape[1])
        fill = [rng.standard_normal(shape) @ self.mixing.T for _part in range(apart - 1)]
        return fill if wide is None else [one * wide[WARM + 1 :] for one in fill]

    def _mapped(self, at: F) -> F:
        """Values at scores ``at`` (n, d), which is used up."""
        if self.spread.sd.any():
            at /= self.spread.scale
        at -= GRID[0]
        at *= (GRID.size - 1) / (GRID[-1] - GRID[0])
        np.clip(at, 0, GRID.size - 1.001, out=at)
        low = at.astype(np.int32)
        at -= low
        at[:, self.steps] = 0.0
        low += (np.arange(at.shape[1]) * GRID.size).astype(np.int32)
        flat = self.maps.ravel()
        left = flat[low]
        return np.asarray(left + at * (flat[low + 1] - left))


def _filtered(noise: F, coefficients: list[F], held: NDArray[np.int64]) -> F:
    from scipy.signal import lfilter  # here: it takes long to load, and few tasks need it

    for place, (phi, hold) in enumerate(zip(coefficients, held.tolist(), strict=True)):
        series = noise[::hold, place]
        if phi.size:
            series = lfilter([innovation(phi)], np.r_[1.0, -phi], series)
        if phi.size or hold > 1:
            noise[:, place] = np.repeat(series, hold)[: len(noise)]
    return noise[WARM:]


def first_of(coefficients: list[F]) -> F:
    """Lag-1 autocorrelation (s,) of series with these lag coefficients."""
    return np.asarray([partials(phi)[0] if phi.size else 0.0 for phi in coefficients])


def innovation(phi: F) -> float:
    """The deviation of the noise that gives an AR with coefficients ``phi`` the variance 1."""
    return float(np.sqrt(np.prod(1 - partials(phi) ** 2)))


def lags(partial: F) -> F:
    """Lag coefficients (p,) of partial autocorrelations (p,): the Levinson-Durbin recursion."""
    phi = np.empty(0)
    for kappa in partial:
        phi = np.r_[phi - kappa * phi[::-1], kappa]
    return phi


def partials(phi: F) -> F:
    """Partial autocorrelations (p,) of lag coefficients (p,): the recursion backwards."""
    rows = []
    while phi.size:
        kappa = float(np.clip(phi[-1], -0.9999, 0.9999))
        rows.append(kappa)
        phi = (phi[:-1] + kappa * phi[-2::-1]) / (1 - kappa**2) if phi.size > 1 else phi[:0]
    return np.asarray(rows[::-1])


def autoregression(values: F, *, order_most: int = ORDER_MOST) -> F:
    """Partial autocorrelations (p,) of a centred series (m,), p by AIC; Burg's recursion (Burg 1975), which
    is stable and hardly biased, with the small-sample bias of lag 1 taken off (Marriott & Pope 1954)."""
    m = values.size
    most = int(min(order_most, m // ROWS_PER_LAG))
    if most < 1 or not np.any(values):
        return np.empty(0)
    forward, backward = values[1:].copy(), values[:-1].copy()
    coefficients: list[float] = []
    error = 1.0
    best, best_order = 0.0, 0
    for order in range(1, most + 1):
        power = float(forward @ forward + backward @ backward)
        if power <= 0:
            break
        kappa = float(np.clip(2 * (forward @ backward) / power, -STEADY, STEADY))
        coefficients.append(kappa)
        error *= 1 - kappa**2
        score = m * np.log(max(error, 1e-12)) + 2 * order
        if score < best:
            best, best_order = score, order
        forward, backward = (forward - kappa * backward)[1:], (backward - kappa * forward)[:-1]
    partial = np.asarray(coefficients[:best_order])
    if partial.size:
        partial[0] = np.clip(partial[0] + (1 + 3 * partial[0]) / m, -STEADY, STEADY)
    return partial


def holding(values: F) -> int:
    """Every how many rows a reading (m,) is renewed, 1 where it moves from row to row."""
    moved = np.count_nonzero(np.diff(values)) + 1
    return max(1, round(values.size / moved)) if moved < 0.7 * values.size else 1


def normal_scores(values: F) -> F:
    """Normal scores (m,) of one reading (m,) without a missing value; ties share their mean rank."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(values.size)
    ranks[order] = np.arange(1, values.size + 1)
    _unique, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    if counts.size < values.size:
        ranks = (np.bincount(where, weights=ranks) / counts)[where]
    scores: F = ndtri((ranks - 0.5) / values.size)
    return scores


def quantile_map(values: F, sd: float = 0.0) -> F:
    """The reading's value (g,) at each score of ``GRID``, beyond its extremes by their slope; where its
    spread wanders by ``sd``, scores are those of ``spread.scores`` on a grid that is stretched as much."""
    grid = GRID * np.exp(2 * sd)
    ordered = np.sort(values)
    at = spreads.scores(ndtri((np.arange(1, ordered.size + 1) - 0.5) / ordered.size), sd)
    quantiles = np.interp(grid, at, ordered)
    reach = max(2, ordered.size // 50)
    if ordered.size > 4:
        slope = (ordered[-1] - ordered[-1 - reach]) / (at[-1] - at[-1 - reach])
        quantiles = np.where(at[-1] < grid, ordered[-1] + slope * (grid - at[-1]), quantiles)
        slope = (ordered[reach] - ordered[0]) / (at[reach] - at[0])
        quantiles = np.where(at[0] > grid, ordered[0] + slope * (grid - at[0]), quantiles)
    return quantiles


def innovations_of(scores: F, partial: F) -> F:
    """What the past does not explain of scores (m,), by partial autocorrelations."""
    from scipy.signal import lfilter  # here: it takes long to load, and few tasks need it

    return np.asarray(lfilter(np.r_[1.0, -lags(partial)], [1.0], scores)[partial.size :])


def spread_of(scores: F, partials_of: list[F], whole: NDArray[np.bool_]) -> spreads.Spread:
    """How the spread of each reading wanders, from normal scores (m, d); steady where it is not ``whole``."""
    m, d = scores.shape
    told = np.zeros((3, d))
    told[1] = 1.0
    left = np.zeros((m, d))
    for place in np.flatnonzero(whole):
        partial = partials_of[place]
        if innovation(lags(partial)) < LEAST_INNOVATION:
            continue
        for _round in range(spreads.ROUNDS):
            own = innovations_of(spreads.scores(scores[:, place], float(told[0, place])), partial)
            before, told[:, place] = told[0, place], spreads.learned(own)
            if abs(before - told[0, place]) < 0.02:
                break
        left[partial.size :, place] = own
    sd, memory = spreads.shrunk(*told)
    return spreads.Spread(sd, memory, told[2], spreads.mixing_of(left, sd, memory))


def _levels(reference: F, discrete: NDArray[np.bool_]) -> levels.Level | None:
    """What of each reading moves on its own; None where nothing does."""
    m, d = reference.shape
    paths = np.zeros((m, d))
    for place in range(d if m >= levels.ROWS_LEAST else 0):
        values = reference[:, place]
        scores = normal_scores(values)
        if discrete[place] or holding(values) > 1 or ties.tied(scores):
            continue
        if autoregression(scores, order_most=levels.LOOKED_AT).size > ORDER_MOST:
            paths[:, place] = levels.slow_of(values)
    return levels.learned(paths) if paths.any() else None


def discrete_of(rows: F) -> NDArray[np.bool_]:
    """Readings of ``rows`` (m, d) with few values: they are drawn among these alone."""
    return np.asarray([np.unique(values).size <= max(20, len(rows) // 50) for values in rows.T])


def fit(reference: F, *, discrete: NDArray[np.bool_]) -> Process:
    """Learn the process of ``reference`` float64 (m, d), complete and in the order of time.

    ``discrete`` (d,) readings keep to the values that were seen.
    """
    level = _levels(reference, discrete)
    if level is not None:
        reference = reference - level.paths
    m, d = reference.shape
    scores = np.column_stack([normal_scores(reference[:, place]) for place in range(d)])
    scale = scores.std(axis=0)
    scale[scale == 0] = 1.0
    scores /= scale
    held = np.asarray([1 if discrete[place] else holding(reference[:, place]) for place in range(d)])
    tied = np.asarray([ties.tied(scores[:, place]) for place in range(d)])
    partials_of = [
        ties.autoregression(scores[:, place])
        if tied[place] and held[place] == 1
        else autoregression(scores[:: held[place], place])
        for place in range(d)
    ]
    spread = spread_of(scores, partials_of, (held == 1) & ~tied & ~discrete)
    each = Memory(partials_of, m, held)
    mixing = mixing_of(np.corrcoef(scores, rowvar=False).reshape(d, d), each.partial)
    _u, s, vt = np.linalg.svd(scores - scores.mean(axis=0), full_matrices=False)
    s, vt = s[s > s[0] * 1e-6], vt[s > s[0] * 1e-6]
    components = (scores - scores.mean(axis=0)) @ vt.T
    together = Memory(
        [autoregression(components[:, place]) for place in range(s.size)], m, np.ones(s.size, dtype=np.int64)
    )
    toward = vt / np.sqrt(((vt @ mixing) ** 2).sum(axis=1, keepdims=True))
    maps = np.stack([quantile_map(reference[:, place], float(spread.sd[place])) for place in range(d)])
    for place in np.flatnonzero(discrete):
        seen = np.unique(reference[:, place])
        maps[place] = seen[np.clip(np.searchsorted(seen, maps[place]), 0, seen.size - 1)]
    return Process(
        mixing, each, toward, together, vt.T * (s / np.sqrt(m)), maps, discrete, spread, level,
    )  # fmt: skip


def mixing_of(correlation: F, partial: list[F]) -> F:
    """The mixing (d, c) of noise under which ARs have ``correlation`` (d, d) at the same moment.

    With unit noise the covariance of readings i and j is ω_ij Σ_k ψ_ik ψ_jk, so ω_ij is known from the
    reference; what is not positive is cut off and the variances are put back to 1.
    """
    from scipy.signal import lfilter  # here: it takes long to load, and few tasks need it

    impulse = np.zeros(WARM)
    impulse[0] = 1.0
    filters = [lags(one) for one in partial]
    psi = np.stack(
        [lfilter([innovation(phi)], np.r_[1.0, -phi], impulse) if phi.size else impulse for phi in filters]
    )
    correlation = np.where(np.isfinite(correlation), correlation, 0.0)
    np.fill_diagonal(correlation, 1.0)
    wanted = correlation / np.maximum(np.abs(psi @ psi.T), 1e-3) * np.sign(psi @ psi.T)
    values, vectors = np.linalg.eigh(np.clip(wanted, -1.0, 1.0))
    above_zero = values > 1e-9
    mixing = vectors[:, above_zero] * np.sqrt(values[above_zero])
    return np.asarray(mixing / np.sqrt((mixing**2).sum(axis=1, keepdims=True)))
