"""Numbers that stand for “nothing was read”: −999, −200, 9999 and their like, far outside the rest.

A historian or a sensor writes them where it has no value. They are asked about, because a number that looks
like one may be a reading.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop

USUAL = frozenset(
    {
        -1.0,
        -9.0,
        -99.0,
        -99.9,
        -100.0,
        -200.0,
        -250.0,
        -273.15,
        -888.0,
        -999.0,
        -999.9,
        -999.99,
        -999.25,
        -1000.0,
    }
    | {-9999.0, -9999.9, -9999.99, -32767.0, -32768.0, -99999.0, -999999.0, -1e30, -1e10}
    | {99.0, 99.9, 99.99, 255.0, 850.0, 888.0, 999.0, 999.9, 999.99, 6999.0, 9999.0, 9999.9, 9999.99, 32767.0}
    | {32768.0, 65535.0, 99999.0, 999999.0, 9999999.0, 2147483647.0, -2147483648.0, 4294967295.0, 1e30}
)
LOUD = 888.0  # from here on a stand-in is told even from a column of a few values or of one
MOST = 4  # of one column
LEAST_DIFFERENT = 5  # other values
GAP, VALUE = "gap", "value"
AS_GAP = gettext_noop("Nothing was read: leave them empty")
AS_VALUE = gettext_noop("They are readings")
ASK = gettext_noop(
    "Column {column}: cells that are {value} ({count}) lie far outside the rest ({low} to {high}). Such a"
    " number often stands for “nothing was read”. Say whether they are left empty, which is the guess, or"
    " readings."
)


def settle(name: str, values: NDArray[np.float64], sentinels: list[float], answers: Answers) -> list[Problem]:
    """Ask about each of ``sentinels``; those that nobody calls readings are emptied in
    ``values``, in place."""
    questions = []
    for value in sentinels:
        rest = values[np.isfinite(values) & (values != value)]
        key = f"sentinel-{value:g}:{name}"
        count = int(np.count_nonzero(values == value))
        if answers.of(key, GAP, (GAP, VALUE)) == GAP:
            values[values == value] = np.nan
        usual = np.isin(rest, list(USUAL))
        rest = rest if usual.all() else rest[~usual]
        questions.append(
            answers.question(
                "sentinel",
                ASK,
                key=key,
                guess=GAP,
                options=((GAP, AS_GAP), (VALUE, AS_VALUE)),
                asks=True,
                column=name,
                count=count,
                value=f"{value:g}",
                low=f"{rest.min():.4g}",
                high=f"{rest.max():.4g}",
            )
        )
    return questions


def stand_ins(values: NDArray[np.float64]) -> list[float]:
    """The usual stand-ins at either end of ``values`` float64 (n,) that lie farther from the rest than the
    rest is wide."""
    rest = values[np.isfinite(values)]
    sentinels: list[float] = []
    while rest.size and len(sentinels) < MOST:
        low, high = float(rest.min()), float(rest.max())
        ends = [one for one in (low, high) if one in USUAL]
        chosen = next((one for one in ends if _far(rest[rest != one], one)), None)
        if chosen is None:
            break
        sentinels.append(chosen)
        rest = rest[rest != chosen]
    return sentinels


def _far(rest: NDArray[np.float64], value: float) -> bool:
    if rest.size < LEAST_DIFFERENT:
        return False
    usual = np.isin(rest, list(USUAL - {-1.0}))
    rest = rest[~usual] if (~usual).any() else rest
    low, high = float(rest.min()), float(rest.max())
    if np.unique(rest[:1_000]).size < LEAST_DIFFERENT or high <= low:
        wide = max(high - low, abs(low), abs(high))
        return abs(value) >= LOUD and min(abs(value - low), abs(value - high)) > wide
    return value < low - (high - low) or value > high + (high - low)
