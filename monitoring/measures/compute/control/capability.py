"""Cp, Cpk, Pp and Ppk of single readings against the limits of a drawing, with 95 % intervals.

- Cp and Cpk from the spread within subgroups (of single values from the mean moving range), Pp and Ppk from
  the whole spread (AIAG SPC 2nd ed.; ISO 22514-2). Of one limit alone there are Cpk and Ppk only.
- Cp and Pp: their deviation is √(ν / χ²); Cpk and Ppk: Bissell 1990, 1 / 9n + Cpk² / 2ν. Degrees of freedom
  of a mean range are .9 k (n - 1), of a mean moving range .62 (n - 1) (the same).
- Values that resemble their neighbours say less than as many others: n is cut by (1 - r²) / (1 + r²) for
  spreads and (1 - r) / (1 + r) for means. The moving range then misses part of the spread, so Cp and Cpk are
  left out.
- ``normal``: p of Jarque and Bera's test on single values, None where only subgroups are known.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, jarque_bera

from monitoring.measures.compute.control import constants
from monitoring.measures.compute.control.families import Centre, Points

Array = NDArray[np.float64]
Z = 1.959964
LEAST = 50  # single values
RELATED = 0.2  # autocorrelation above which the moving range is no measure of the spread


def indices(
    centre: float, sd: float, *, n: float, freedom: float, low: float | None, high: float | None
) -> dict[str, Any]:
    """{"two": both-sided index or None, "one": nearer side, and their intervals} of a mean and deviation."""
    sides = [
        (limit - centre) * sign / (3 * sd) for limit, sign in ((low, -1.0), (high, 1.0)) if limit is not None
    ]
    nearer = min(sides)
    wide = Z * math.sqrt(1 / (9 * n) + nearer * nearer / (2 * freedom))
    told: dict[str, Any] = {"one": nearer, "one_interval": [nearer - wide, nearer + wide]}
    if low is not None and high is not None:
        two = (high - low) / (6 * sd)
        told |= {
            "two": two,
            "two_interval": [two * math.sqrt(chi2.ppf(q, freedom) / freedom) for q in (0.025, 0.975)],
        }
    return told


def of_points(points: Points, centre: Centre, *, low: float | None, high: float | None) -> dict[str, Any]:
    """{"n", "mean", "within": indices, "whole": indices, "normal", "related"} of stable ``points``."""
    if centre.family == "i_mr":
        return _of_singles(points.value, low, high)
    sizes, means = points.size, points.value
    inside = points.spread
    if centre.family == "xbar_r":
        inside = inside / np.array([constants.d2(min(int(n), constants.MOST_RANGED)) for n in sizes])
    n, mean = float(sizes.sum()), float(np.average(means, weights=sizes))
    freedom = float((sizes - 1).sum()) * (0.9 if centre.family == "xbar_r" else 1.0)
    within = math.sqrt(float(((sizes - 1) * inside**2).sum() / (sizes - 1).sum()))
    between = float((sizes * (means - mean) ** 2).sum())
    whole = math.sqrt((float(((sizes - 1) * inside**2).sum()) + between) / (n - 1))
    # where subgroups differ by themselves, the whole spread is known from them, not from every part
    share = between / max(between + float(((sizes - 1) * inside**2).sum()), 1e-300)
    enough = (1 - share) * (n - 1) + share * (means.size - 1)
    return {
        "n": n, "mean": mean, "normal": None, "related": 0.0, "sd_within": within, "sd_whole": whole,
        "within": indices(mean, within, n=n, freedom=freedom, low=low, high=high),
        "whole": indices(mean, whole, n=enough, freedom=enough, low=low, high=high),
    }  # fmt: skip


def _of_singles(values: Array, low: float | None, high: float | None) -> dict[str, Any]:
    n, mean, sd = values.size, float(values.mean()), float(values.std(ddof=1))
    centred = values - mean
    related = max(0.0, float(centred[1:] @ centred[:-1] / (centred @ centred)))
    within = float(np.abs(np.diff(values)).mean()) / constants.d2(2)
    told: dict[str, Any] = {
        "n": n, "mean": mean, "normal": float(jarque_bera(values).pvalue), "related": related,
        "sd_within": within, "sd_whole": sd, "within": None,
        "whole": indices(
            mean, sd, n=n * (1 - related) / (1 + related),
            freedom=(n - 1) * (1 - related**2) / (1 + related**2), low=low, high=high,
        ),
    }  # fmt: skip
    if related < RELATED and within > 0:
        told["within"] = indices(mean, within, n=n, freedom=0.62 * (n - 1), low=low, high=high)
    return told
