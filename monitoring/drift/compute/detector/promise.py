"""Whether a reference can keep the promise that its limits make: tested on the reference itself. Pure.

- **Test.** The reference is cut into ``FOLDS`` stretches. Windows of each are judged against what the others
  froze, with the drawn laws: what they say is no model but what was read. How many pass a level is held
  against how many did so in drawn streams that are as long. Where clearly more do, limits widen until as
  many pass as should.
- **Memory.** How long levels and spreads resemble their past: integrated autocorrelation time of means of
  ``SMOOTH`` rows, so that noise does not hide what is slow, and that of the fitted autoregression. Below
  ``MEMORIES`` memories a reference has seen too few of them to say how far they go, and says how many rows
  would do.
- **Count.** Events over the held-out windows with the limits that came out, with their exact interval
  (``limits.rules.poisson``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute.detector import calibrate, process, rule, scores
from monitoring.drift.compute.detector.components import level as levels
from monitoring.drift.compute.detector.components import spread as spreads
from monitoring.drift.compute.multivariate.blocks import memories
from monitoring.limits.rules import poisson

F = NDArray[np.float64]
FOLDS = 5
SMOOTH = 10
MEMORIES = 36.0
SPREADS = 30.0
FEW = 4  # readings
WIDEST = 2.0  # times as far from the reference: beyond it the model is none of this reference
MEMORY, TEST = "memory", "test"  # why a promise cannot be kept


@dataclass(frozen=True, slots=True)
class Promise:
    """What the reference's own rows say of ``promised`` events a window.

    ``events`` in ``windows`` held-out windows, ``low`` to ``high`` a window at 95 %; ``widened``: how much
    higher limits lie than the model had them, 1 where it held; ``memory`` in rows, of reading ``slowest``;
    ``why`` it cannot be kept, "" where it is; ``rows`` that the reference has and ``needs``.
    """

    promised: float
    events: int
    windows: int
    low: float
    high: float
    widened: float
    memory: float
    slowest: int
    why: str
    rows: int
    needs: int

    @property
    def kept(self) -> bool:
        return not self.why

    def stored(self) -> dict[str, Any]:
        """As plain values, for JSON; an open interval ends with None."""
        told = asdict(self) | {"kept": self.kept}
        return {name: None if value == np.inf else value for name, value in told.items()}


@dataclass(frozen=True, slots=True)
class Slowest:
    """The ``place`` of the reading that resembles its past longest, for ``memory`` rows; ``share`` of what
    it takes that the reference has, 1 or more where it is long enough; ``needs`` in rows."""

    place: int
    memory: float
    share: float
    needs: int


def slowest_of(reference: F, spread: spreads.Spread) -> Slowest:
    """Of the rows of a reference (m, d) in the order of time; a reading of one value is slower than none."""
    m, d = reference.shape
    normal = np.column_stack([process.normal_scores(one) for one in reference.T])
    whole = m // SMOOTH * SMOOTH
    level = SMOOTH * memories(normal[:whole].reshape(-1, SMOOTH, d).mean(axis=1))
    level = np.maximum(level, [_fitted_memory(one - one.mean()) for one in normal.T])
    wanders = spread.sd > 0
    own = np.where(wanders, spread.memory, 1.0)
    if wanders.sum() >= FEW:  # one of many that seems slow is more likely measured so
        own = np.where(wanders, np.minimum(own, np.quantile(spread.memory[wanders], 0.75)), 1.0)
    # a memory of the spread is measured without the noise around it, so fewer of them do
    varies = np.ptp(reference, axis=0) > 0
    needs = np.where(varies, np.maximum(level * MEMORIES, own * SPREADS), 1.0)
    place = int(needs.argmax())
    longest = level if level[place] * MEMORIES >= own[place] * SPREADS else own
    return Slowest(place, float(longest[place]), float(m / needs[place]), int(np.ceil(needs[place])))


def _fitted_memory(scores: F) -> float:
    """Rows that the autoregression of scores (m,) says, 1 where none explains them: autocorrelations of few
    memories are too small, and a fit of few numbers knows it better."""
    partial = process.autoregression(scores, order_most=levels.LOOKED_AT)
    if partial.size > process.ORDER_MOST:
        return 1.0
    phi = process.lags(partial)
    return float((process.innovation(phi) / (1 - phi.sum())) ** 2)


def held_out(
    reference: F,
    window: int,
    score: Callable[[F, scores.Frozen], F],
    bins: bool,
    *,
    adjusted: bool = False,
) -> list[F]:
    """The tail scores of the windows of each stretch, against what the other rows froze."""
    m = len(reference)
    folds = min(FOLDS, m // window)
    if folds < 2:
        return []
    edges = np.linspace(0, m, folds + 1).astype(int)
    told = []
    for start, end in pairwise(edges.tolist()):
        rest = np.delete(reference, slice(start, end), axis=0)
        if (np.ptp(rest, axis=0) > 0).all():
            told.append(score(reference[start:end], scores.freeze(rest, bins=bins, adjusted=adjusted)))
    return told


def widening(seen: F, checks: list[list[float]], offset: float) -> float:
    """By how much limits must lie further out so that no more of ``seen`` (w,) pass than should; 1 or more.

    ``checks``: [level, share of drawn windows that pass it, count that 95 of 100 drawn stretches of as many
    windows stay below]; ``offset`` is what scores had taken off.
    """
    factor = 1.0
    ordered = np.sort(seen)[::-1]
    for level, share, most in checks:
        over = int((seen > level).sum())
        if over > most:
            allowed = int(np.ceil(share * seen.size))
            reached = float(ordered[min(allowed, seen.size - 1)])
            factor = max(factor, (reached + offset) / (level + offset))
    return factor


def tested(
    reference: F,
    drawn: process.Process,
    learned: calibrate.Calibration,
    *,
    per_window: float,
) -> Promise:
    """The promise of ``per_window`` events on ``reference`` (m, d), complete and in the order of time."""
    m, window = len(reference), learned.window

    def score(rows: F, frozen: scores.Frozen) -> F:
        statistics = scores.windows_of(rows, frozen, window, common=rows)
        return calibrate.largest(statistics, learned.laws)

    stretches = held_out(reference, window, score, window >= scores.BINS_LEAST)
    seen = np.concatenate(stretches) if stretches else np.zeros(0)
    offset = calibrate.handicap("mean", learned.laws)
    widened = widening(seen, learned.checks, offset) if seen.size else 1.0
    level, at_once = learned.widened(widened).levels(per_window)
    events = 0
    for one in stretches:
        held = rule.raised(one, level=level, at_once=at_once, persist=rule.persistence(window))
        events += int(rule.begins(one, held, low=rule.RETURNED * level).sum())
    count = poisson.rate(events, float(seen.size))
    slowest = slowest_of(reference, drawn.spread)
    why = MEMORY if slowest.share < 1 else TEST if widened > WIDEST else ""
    return Promise(
        per_window, events, int(seen.size), count.low, count.high, widened, slowest.memory, slowest.place,
        why, m, max(m, slowest.needs),
    )  # fmt: skip
