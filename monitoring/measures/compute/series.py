"""A measure's chart: fitted once on its reference, then fed value by value.

- Statistics are shares of the limit: above 1 the chart is out. They are cut at ``MOST``, so that a long
  trouble is over soon after it ended.
- One event for one happening: it begins above 1 and ends below ``OVER``.
- The first p values after a start only lead in (p: the order of the autoregression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from monitoring.measures.compute import innovations, whitening
from monitoring.measures.compute.design import design
from monitoring.measures.compute.kinds import KINDS, Sides

LEAST, MOST_READ = 25, 20_000
MOST, OVER = 1.5, 0.25
LONGEST_ARL = 1e6


@dataclass(frozen=True, slots=True)
class Fitted:
    """A chart with its limit. ``low`` to ``high``: where the run length may lie; ``needed`` values make it
    sure.

    ``wanders``: the level moves by itself so much that a step can hardly be told from it.
    """

    kind: str
    sides: Sides
    n: int
    mean: float
    sd: float
    ar: tuple[float, ...]
    offset: float
    noise: float
    limit: float
    arl: float
    low: float
    high: float
    needed: int
    wanders: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"ar": list(self.ar)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(**(stored | {"ar": tuple(stored["ar"])}))

    @property
    def whitener(self) -> whitening.Whitener:
        return whitening.Whitener(self.mean, self.sd, self.ar, self.offset, self.noise)


@dataclass(frozen=True, slots=True)
class State:
    """What a chart remembers: both statistics as shares of the limit, whether an event is on, the last
    values."""

    up: float = 0.0
    down: float = 0.0
    on: bool = False
    last: tuple[float, ...] = ()


def fit(
    values: Sequence[float] | NDArray[np.float64],
    *,
    kind: str = "ewma",
    sides: Sides = "both",
    arl: float,
    tolerance: float = 0.0,
    floor: bool = False,
) -> Fitted:
    """Fit a chart on reference ``values`` (n,) in their order, for a false alarm in ``arl`` values on
    average.

    ``tolerance``: a step that matters; without spread in the reference it stands for it. ``floor``: the
    values are scores of mean 0 whose deviation is at least 1 (``whitening.of_scores``). ValueError below
    ``LEAST`` finite values, for a constant without tolerance, and for a run length below 2.
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)][-MOST_READ:]
    if known.size < LEAST:
        raise ValueError(f"a reference needs {LEAST} values, not {known.size}")
    if not arl >= 2.0:
        raise ValueError("a run length is at least 2 values")
    if floor:
        white, shape = whitening.of_scores(known), innovations.NORMAL
    else:
        cut = whitening.RAW if kind == "shewhart" else whitening.CUT
        white = whitening.fit(known, least_sd=tolerance / 2 if tolerance > 0 else 0.0, cut=cut)
        residuals = white.residuals(known, cut=cut)
        shape = innovations.of(residuals) if residuals.std() > 0.5 else innovations.NORMAL
    # its matrices are small: on a busy machine, threads of BLAS wait for one another longer than they work
    with threadpool_limits(1, user_api="blas"):
        made = design(
            KINDS[kind],
            sides,
            arl=min(arl, LONGEST_ARL),
            n=known.size,
            innovations=shape,
            memory=white.memory,
        )
    return Fitted(
        kind,
        sides,
        int(known.size),
        white.mean,
        white.sd,
        white.ar,
        white.offset,
        white.noise,
        made.limit,
        made.arl,
        made.low,
        made.high,
        made.needed,
        white.memory > whitening.WANDERS,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """The chart after one value."""

    up: float
    down: float
    on: bool


def run(fitted: Fitted, values: Sequence[float], state: State | None = None) -> tuple[list[Step], State]:
    """The chart after each of ``values``, and what it remembers then; no finite number leaves it as it
    was."""
    now = state or State()
    steps: list[Step] = []
    kind, p = KINDS[fitted.kind], len(fitted.ar)
    white = fitted.whitener
    for value in values:
        if np.isfinite(value):
            now = _fed(fitted, kind.key == "ewma", now, white, float(value), p)
        steps.append(Step(now.up, now.down, now.on))
    return steps, now


def _fed(
    fitted: Fitted, averages: bool, now: State, white: whitening.Whitener, value: float, p: int
) -> State:
    lead = (*now.last, value)
    if len(lead) <= p:
        return replace(now, last=lead)
    x = float(white.residuals(np.array(lead[-(p + 1) :]))[0])
    kind = KINDS[fitted.kind]
    up, down = (
        kind.step(level * fitted.limit, sign * x, kind.parameter) / fitted.limit
        for level, sign in ((now.up, 1.0), (now.down, -1.0))
    )
    if averages and fitted.sides == "both":
        down = -up
    up = 0.0 if fitted.sides == "down" else up
    down = 0.0 if fitted.sides == "up" else down
    if fitted.sides != "both" or not averages:
        up, down = max(0.0, up), max(0.0, down)
    up, down = (min(max(level, -MOST), MOST) for level in (up, down))
    worst = max(up, down)
    on = worst > 1.0 or (now.on and worst >= OVER)
    return State(up, down, on, lead[-p:] if p else ())
