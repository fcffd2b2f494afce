"""Limits for counts held against the rows that a version learned from, one reading at a time. Pure.

As ``promise`` does for back-tests: stretches of the reference are judged against what the others froze. It is
done in rows, of windows that last as long as so many parts, because a table that is a sample of its parts has
no others. A reading that passes its drawn law clearly more often than drawn ones do has limits as much
further out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute.detector import calibrate, process, promise, scores

F = NDArray[np.float64]
WINDOWS_LEAST = 40
CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class OwnTest:
    """How much further out the limits of each reading lie, and on how many windows of the reference the
    smallest size was tested; 0: it was too short."""

    wider: F
    windows: int


def tested(
    rows: F,
    drawn: process.Process,
    calibrations: Sequence[calibrate.Calibration],
    *,
    rng: np.random.Generator,
    apart: int,
    adjusted: bool,
) -> tuple[list[calibrate.Calibration], OwnTest]:
    """``calibrations`` of windows of parts, widened where ``rows`` (m, d), ``apart`` parts each, say so."""
    m, d = rows.shape
    in_rows = [max(1, round(one.window / apart)) for one in calibrations]
    sizes = sorted({size for size in in_rows if m // size >= WINDOWS_LEAST})
    if not sizes:
        return list(calibrations), OwnTest(np.ones(d), 0)
    by_size = {one.window: one for one in calibrations}
    if apart > 1:
        again = calibrate.calibrate(drawn, sizes=sizes, rng=rng, joint=False, adjusted=adjusted, cells=CELLS)
        by_size = {one.window: one for one in again}
    wider = {size: _wider(rows, by_size[size], adjusted) for size in sizes}
    made = []
    for one, size in zip(calibrations, in_rows, strict=True):
        nearest = min(sizes, key=lambda known: abs(known - size))
        made.append(replace(one, wider=[round(float(by), 4) for by in wider[nearest]], each=[]))
    return made, OwnTest(np.max(list(wider.values()), axis=0), m // sizes[0])


def _wider(rows: F, learned: calibrate.Calibration, adjusted: bool) -> F:
    """(d,) of windows of one size."""
    window, bins = learned.window, learned.window >= scores.BINS_LEAST

    def score(stretch: F, frozen: scores.Frozen) -> F:
        return calibrate.of_each(scores.windows_of(stretch, frozen, window, common=None), learned.laws)

    seen = np.concatenate(
        promise.held_out(rows, window, score, bins, adjusted=adjusted) or [np.zeros((0, 0))]
    )
    offset = calibrate.handicap("mean", learned.laws)
    if not seen.size:
        return np.ones(rows.shape[1])
    return np.asarray(
        [promise.widening(seen[:, at], learned.each[at], offset) for at in range(rows.shape[1])]
    )
