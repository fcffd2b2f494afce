"""How far the rows of a reference lie apart, and what parts between two of them may be like. Pure.

A table of past parts is often a sample: the inspected ones. A live window holds neighbours, and as many of
them span far less time than as many rows, so their mean varies more. Drawn windows are of neighbours too.

- **Parts a row**: the step of serial part numbers that rise with time; else seconds from row to row over
  seconds from part to part as they come now. Medians, so that breaks and gaps do not count.
- **Between two rows** scores go on as an Ornstein-Uhlenbeck bridge with the rows' lag 1 (exact for an AR(1));
  a level that moves on its own goes in a straight line. What comes and goes between two rows alone no table
  can tell: where rows show no memory, parts are drawn independent, and the machine's own past has to widen
  limits (``calibration_grid.widened``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741 - as F
SERIAL = re.compile(r"^(.*?)(\d{1,15})$")
SERIAL_LEAST = 0.9  # of neighbouring rows of one machine whose numbers rise
PAIRS_LEAST = 30
APART_MOST = 500  # parts a row that are drawn; beyond, all of a window lies between two rows


def spacing_of(part: Sequence[str], machine: Sequence[str], at: F) -> dict[str, float | None]:
    """{"parts": parts from row to row by their numbers, "seconds": by their moments ``at``} of one machine,
    the one with the most rows; None where they do not tell. Rows in any order."""
    names, where = np.unique(np.asarray(machine), return_inverse=True)
    if not names.size:
        return {"parts": None, "seconds": None}
    mine = where == np.bincount(where).argmax()
    order = np.flatnonzero(mine)[np.argsort(at[mine], kind="stable")]
    steps = np.diff(at[order])
    steps = steps[steps > 0]
    seconds = float(np.median(steps)) if steps.size >= PAIRS_LEAST else None
    return {"parts": _by_number(part, order), "seconds": seconds}


def _by_number(part: Sequence[str], order: NDArray[np.intp]) -> float | None:
    """Numbers of several machines under one prefix are one series: its step is theirs."""
    told = [SERIAL.match(str(part[place])) for place in order]
    prefixes = [one[1] for one in told if one]
    if len(prefixes) < len(told) or len(set(prefixes)) != 1 or len(told) <= PAIRS_LEAST:
        return None
    steps = np.diff([int(one[2]) for one in told if one])
    if (steps > 0).mean() < SERIAL_LEAST:
        return None
    series = [one for one in map(SERIAL.match, map(str, part)) if one and one[1] == prefixes[0]]
    whole = np.diff(np.unique([int(one[2]) for one in series]))
    return float(np.median(whole))


def parts_a_row(spacing: dict[str, Any], seconds_a_part: float | None) -> float | None:
    """Parts from row to row, 1 or more; None where nobody knows. ``seconds_a_part``: as parts come now."""
    if spacing.get("parts"):
        return max(1.0, float(spacing["parts"]))
    if spacing.get("seconds") and seconds_a_part:
        return max(1.0, float(spacing["seconds"]) / seconds_a_part)
    return None


def whole(parts: float | None) -> int:
    """Parts a row as they are drawn."""
    return int(np.clip(round(parts or 1.0), 1, APART_MOST))


def knots_of(parts: int, apart: int) -> int:
    """Rows between and at whose ends lie ``parts`` parts."""
    return parts if apart == 1 else -(-parts // apart) + 1


def straight(rows: F, parts: int, apart: int) -> F:
    """``parts`` parts in a straight line from row to row: (parts, d)."""
    if apart == 1:
        return rows
    at = np.arange(parts) / apart
    low = at.astype(np.intp)
    left = (at - low)[:, None]
    return np.asarray(rows[low] * (1 - left) + rows[np.minimum(low + 1, len(rows) - 1)] * left)


def between(rows: F, rho: F, held: I, fill: list[F], parts: int) -> F:
    """Scores of ``parts`` parts (parts, s) of which each ``apart``-th is one of ``rows`` (k, s).

    ``rho`` (s,): lag-1 autocorrelation of rows; ``fill`` apart - 1 times (k - 1, s): new noise of variance 1;
    what is ``held`` over more than one row stays until the next one.
    """
    if not fill:
        return rows
    apart = len(fill) + 1
    keep = np.clip(rho, 0.0, None) ** (1 / apart)
    made = np.empty((len(rows) - 1, apart, rows.shape[1]))
    made[:, 0] = rows[:-1]
    for place, new in enumerate(fill, start=1):
        left = apart - place + 1  # steps from the part before to the next row
        whole_way = np.maximum(1 - keep ** (2 * left), 1e-12)
        rest = 1 - keep ** (2 * (left - 1))
        made[:, place] = (
            keep * rest / whole_way * made[:, place - 1]
            + keep ** (left - 1) * (1 - keep**2) / whole_way * rows[1:]
            + np.sqrt(np.maximum((1 - keep**2) * rest / whole_way, 0.0)) * new
        )
    made[:, :, held > 1] = rows[:-1, None, held > 1]
    return made.reshape(-1, rows.shape[1])[:parts]
