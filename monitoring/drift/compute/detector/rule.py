"""When windows make an event. Pure.

- Persistence: the level is passed in ``persist`` windows after one another. Windows of ``AT_ONCE_ROWS`` rows
  or more also make an event at once where they pass a higher level, so that a clear break does not wait.
- Hysteresis: an event lasts until a window comes back below ``RETURNED`` of the level; until then nothing new
  is an event.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
B = NDArray[np.bool_]
RETURNED = 0.7
PERSIST = 2
ROWS_LEAST = 3
AT_ONCE_ROWS = 5


def persistence(window: int) -> int:
    """How many windows of ``window`` rows must agree: two, and three rows at least."""
    return max(PERSIST, -(-ROWS_LEAST // window))


def runs(tail_score: F, persist: int) -> F:
    """The lowest of each window and the ``persist`` - 1 before it, (…, w); -inf where there are fewer."""
    lowest = tail_score.copy()
    for back in range(1, persist):
        lowest[..., back:] = np.minimum(lowest[..., back:], tail_score[..., :-back])
    lowest[..., : persist - 1] = -np.inf
    return lowest


def raised(tail_score: F, *, level: float, at_once: float, persist: int) -> B:
    """Whether each window of ``tail_score`` (…, w) raises an alert by itself or with those before it."""
    return np.asarray((runs(tail_score, persist) > level) | (tail_score > at_once))


def begins(tail_score: F, held: B, *, low: float) -> B:
    """Which windows of ``tail_score`` (…, w) that are ``raised`` (…, w) begin an event; (…, w)."""
    raised_last, returned_last = _last(held), _last(tail_score < low)
    before = np.full(held.shape, -1, dtype=np.intp)
    before[..., 1:] = raised_last[..., :-1]
    return np.asarray(held & ((before < 0) | (before < returned_last)))


def events(tail_score: F, held: B, *, low: float) -> tuple[list[int], B]:
    """Where events begin in ``tail_score`` (w,) that is ``raised`` (w,), and which windows belong to one
    (w,)."""
    begun = np.flatnonzero(begins(tail_score, held, low=low)).tolist()
    return begun, _last(held) > _last((tail_score < low) & ~held)


def _last(true: B) -> NDArray[np.intp]:
    """The newest window up to each one where ``true`` (…, w) holds, -1 where there is none."""
    places = np.where(true, np.arange(true.shape[-1]), -1)
    return np.maximum.accumulate(places, axis=-1)
