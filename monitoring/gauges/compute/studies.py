"""Studies of a measuring system for measured readings (AIAG MSA 4th ed.; VDA 5; Bosch booklet 10).

- Type 1, one part with a known value, one person: Cg = 0.2 T / 6 s and Cgk = (0.1 T - |bias|) / 3 s, both at
  least 1.33; resolution at most 5 % of the tolerance T.
- Type 2, crossed: every person measures every part several times; analysis of variance. The interaction of
  parts and people is pooled with repeatability where its p is above .25.
- Type 3: the same with one person or none (an automatic station).

Shares are of 6 σ of the tolerance where there is one, and of the total variation. Their intervals are
generalised ones (Hamada and Weerahandi 2000): each mean square is its own over χ² / df, ``DRAWS`` times.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, f, t

Array = NDArray[np.float64]
CAPABLE_G, RESOLUTION_MOST = 1.33, 0.05
CAPABLE, BARELY, CATEGORIES = 0.10, 0.30, 5
POOLED_ABOVE, DRAWS, SEED = 0.25, 4000, 20261201


class Unfit(ValueError):
    """``reason``: "same" (nothing differs)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def type_one(
    values: Array, *, reference: float, tolerance: float, resolution: float | None
) -> dict[str, Any]:
    """Of ``values`` float (n,) of one part. Unfit where all are the same."""
    n, mean, sd = values.size, float(values.mean()), float(values.std(ddof=1))
    if not sd > 1e-12 * max(abs(mean), 1e-300):
        raise Unfit("same")
    bias = mean - reference
    student = bias / (sd / math.sqrt(n))
    cg, cgk = 0.2 * tolerance / (6 * sd), (0.1 * tolerance - abs(bias)) / (3 * sd)
    low, high = (cg * math.sqrt(chi2.ppf(q, n - 1) / (n - 1)) for q in (0.025, 0.975))
    fine = resolution is None or resolution <= RESOLUTION_MOST * tolerance
    return {
        "n": n, "mean": mean, "sd": sd, "bias": bias, "p_bias": float(2 * t.sf(abs(student), n - 1)),
        "cg": cg, "cgk": cgk, "cg_interval": [low, high],
        "resolution": None if resolution is None else resolution / tolerance,
        "verdict": "capable" if min(cg, cgk) >= CAPABLE_G and fine else "not",
    }  # fmt: skip


def crossed(table: Array, *, tolerance: float | None) -> dict[str, Any]:
    """Of ``table`` float (parts, people, trials), complete; one person makes it a type 3. Unfit where nothing
    differs."""
    parts, people, trials = table.shape
    squares = _squares(table)
    if not squares["repeat"][0] > 0 and not squares["part"][0] > 0:
        raise Unfit("same")
    ms = {key: ss / df if df else 0.0 for key, (ss, df) in squares.items()}
    df = {key: freedom for key, (_ss, freedom) in squares.items()}
    p = _p(ms["both"], ms["repeat"], df["both"], df["repeat"])
    pooled = people > 1 and p > POOLED_ABOVE
    if pooled:
        whole = df["both"] + df["repeat"]
        ms["repeat"] = (squares["both"][0] + squares["repeat"][0]) / whole
        df["repeat"], ms["both"], df["both"] = whole, 0.0, 0
    shape = (parts, people, trials)
    one = _components({key: np.array([value]) for key, value in ms.items()}, shape, pooled)
    drawn = _components(_drawn(ms, df), shape, pooled)
    whole_now = _whole(one)
    share = {"total": float(one["grr"][0] / whole_now[0])}
    intervals = {"total": _middle(drawn["grr"] / _whole(drawn))}
    if tolerance:
        share["tolerance"] = float(6 * one["grr"][0] / tolerance)
        intervals["tolerance"] = _middle(6 * drawn["grr"] / tolerance)
    grr = float(one["grr"][0])
    ndc = math.floor(math.sqrt(2) * float(one["part"][0]) / grr) if grr > 0 else None
    return {
        "parts": parts, "people": people, "trials": trials, "pooled": pooled,
        "p_interaction": p if people > 1 else None,
        "table": [
            {"of": key, "df": freedom, "ss": ss, "ms": ss / freedom if freedom else None}
            for key, (ss, freedom) in squares.items()
            if freedom
        ],
        "sigma": {key: float(value[0]) for key, value in one.items()} | {"total": float(whole_now[0])},
        "share": share, "interval": intervals, "ndc": ndc,
        "verdict": _verdict(share, ndc),
    }  # fmt: skip


def _squares(table: Array) -> dict[str, tuple[float, int]]:
    """(sum of squares, degrees of freedom) of parts, people, both together, and repetition."""
    parts, people, trials = table.shape
    mean = float(table.mean())
    of_part, of_person, cells = table.mean(axis=(1, 2)), table.mean(axis=(0, 2)), table.mean(axis=2)
    part = people * trials * float(((of_part - mean) ** 2).sum())
    person = parts * trials * float(((of_person - mean) ** 2).sum())
    both = trials * float(((cells - of_part[:, None] - of_person[None, :] + mean) ** 2).sum())
    repeat = float(((table - cells[:, :, None]) ** 2).sum())
    return {
        "person": (person, people - 1),
        "part": (part, parts - 1),
        "both": (both, (parts - 1) * (people - 1)),
        "repeat": (repeat, parts * people * (trials - 1)),
    }


def _p(one: float, other: float, df_one: int, df_other: int) -> float:
    if not df_one:
        return 1.0
    return float(f.sf(one / other, df_one, df_other)) if other > 0 else float(one <= 0)


def _components(ms: dict[str, Array], shape: tuple[int, int, int], pooled: bool) -> dict[str, Array]:
    """Deviations of repeatability, people, interaction, both of these, and parts; below zero is zero."""
    parts, people, trials = shape
    beside = ms["repeat"] if pooled or people == 1 else ms["both"]
    variance = {
        "repeat": ms["repeat"],
        "person": (ms["person"] - beside) / (parts * trials) if people > 1 else 0.0 * beside,
        "both": 0.0 * beside if pooled or people == 1 else (ms["both"] - ms["repeat"]) / trials,
        "part": (ms["part"] - beside) / (people * trials),
    }
    known = {key: np.maximum(value, 0.0) for key, value in variance.items()}
    known["grr"] = known["repeat"] + known["person"] + known["both"]
    return {key: np.sqrt(value) for key, value in known.items()}


def _whole(sigma: dict[str, Array]) -> Array:
    return np.asarray(np.sqrt(sigma["grr"] ** 2 + sigma["part"] ** 2))


def _drawn(ms: dict[str, float], df: dict[str, int]) -> dict[str, Array]:
    random = np.random.default_rng(SEED)
    return {
        key: value * df[key] / random.chisquare(df[key], DRAWS) if df[key] else np.zeros(DRAWS)
        for key, value in ms.items()
    }


def _middle(values: Array) -> list[float]:
    return [float(one) for one in np.quantile(values, [0.025, 0.975])]


def _verdict(share: dict[str, float], ndc: int | None) -> str:
    """Against the tolerance where there is one; the number of categories counts where there is none."""
    worst = share.get("tolerance", share["total"])
    if worst > BARELY or ("tolerance" not in share and ndc is not None and ndc < CATEGORIES):
        return "not"
    return "capable" if worst <= CAPABLE else "barely"
