"""How readings hang together, kept with a version so that its reference is drawn again without rows. Pure.

- ``learned`` is called once, on the rows of training; ``process_of`` builds ``process.Process`` from it and
  the frozen distributions: between a reading's quantile edges its values go in a straight line over the
  normal scores, beyond them with the slope of the outer bins. A bin that holds clearly more than its part is
  a value that repeats.
- Series are taken from one machine, the one with the most rows: others stand between its rows.
- Its rows themselves are kept beside (``packed``): where they are at hand, the process is that of back-tests,
  with what moves on its own, and limits are tested on them (``own_windows``).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from mlops_portal.foundation.wire.sketch import readable
from monitoring.drift.compute.detector import process, promise
from monitoring.drift.compute.detector.components import spread, ties

F = NDArray[np.float64]
B = NDArray[np.bool_]
FEATURES_MOST = 200  # whose correlations are kept
REPEATS = 1.5  # times its part that a bin holds where a value repeats
ROWS_LEAST = 60
PARTS = 20
VALUES_MOST = 400_000


def learned(readings: F, *, machine: NDArray[Any], at: F, ordered: bool = True) -> dict[str, Any]:
    """{"rows", "partial": lists by reading, "held": list, "correlation": rows below the diagonal}.

    ``readings`` float64 (n, d), NaN where missing; ``machine`` and the moment ``at`` (n,) of each row; rows
    that are not ``ordered`` in time have no memory. Empty below ``ROWS_LEAST`` rows of one machine; no
    correlation above ``FEATURES_MOST`` readings.
    """
    d = readings.shape[1]
    rows, one = _filled(readings, machine, at)
    if one.sum() < ROWS_LEAST:
        return {}
    scores = np.column_stack([process.normal_scores(rows[:, place]) for place in range(d)])
    own = scores[one] - scores[one].mean(axis=0)
    held = [process.holding(rows[one, place]) if ordered else 1 for place in range(d)]
    stored: dict[str, Any] = {
        "rows": int(one.sum()),
        "partial": [
            np.round(process.autoregression(own[:: held[place], place]), 4).tolist() if ordered else []
            for place in range(d)
        ],
        "held": held,
    }
    if ordered:
        stored |= _wandering(rows[one], own, stored["partial"], np.asarray(held))
    if 1 < d <= FEATURES_MOST:
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = np.nan_to_num(np.corrcoef(scores, rowvar=False).reshape(d, d))
        stored["correlation"] = [np.round(correlation[place, :place], 3).tolist() for place in range(d)]
    return stored


def _filled(readings: F, machine: NDArray[Any], at: F) -> tuple[F, B]:
    """Rows (n, d) in the order of time with medians for what is missing, and which are of one machine."""
    order = np.argsort(at, kind="stable")
    readings, machine = readings[order], machine[order]
    names, where = np.unique(machine, return_inverse=True)
    one = where == np.bincount(where).argmax() if names.size else np.zeros(len(readings), dtype=np.bool_)
    there = readable(readings)
    middle = [
        float(np.median(values[here])) if here.any() else 0.0
        for values, here in zip(readings.T, there.T, strict=True)
    ]
    return np.where(there, readings, middle), one


def packed(readings: F, *, machine: NDArray[Any], at: F) -> bytes:
    """The newest rows of one machine in the order of time, as ``unpacked`` reads them; empty below
    ``ROWS_LEAST`` rows. At most ``VALUES_MOST`` values are kept."""
    rows, one = _filled(readings, machine, at)
    if one.sum() < ROWS_LEAST:
        return b""
    kept = rows[one][-(VALUES_MOST // max(1, rows.shape[1])) :].astype(np.float32)
    with BytesIO() as file:
        np.save(file, kept, allow_pickle=False)
        return zlib.compress(file.getvalue(), 6)


def unpacked(data: bytes) -> F:
    """Rows (m, d) as ``packed`` kept them."""
    with BytesIO(zlib.decompress(data)) as file:
        return np.asarray(np.load(file, allow_pickle=False), dtype=np.float64)


def _wandering(rows: F, own: F, partial: list[list[float]], held: NDArray[np.int64]) -> dict[str, Any]:
    """{"spread": [[sd, memory, doubt] of each reading], "slowest": `promise.Slowest`} of one machine; no
    slowest where none varies."""
    tied = np.asarray([ties.tied(one) for one in own.T])
    wandering = process.spread_of(own, [np.asarray(one) for one in partial], (held == 1) & ~tied)
    each = zip(wandering.sd, wandering.memory, wandering.doubt, strict=True)
    told: dict[str, Any] = {"spread": [[round(float(value), 4) for value in one] for one in each]}
    if np.ptp(rows, axis=0).any():
        told["slowest"] = asdict(promise.slowest_of(rows, wandering))
    return told


def varying(features: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The readings that laws can be about: those that varied, and are numbers."""
    return [
        key
        for key, one in features.items()
        if not one.get("categories")
        and float(one.get("sd") or 0.0) > 0
        and len(one["edges"]) > 1
        and sum(one["counts"][:-1]) > 1
    ]


def process_of(
    features: Mapping[str, Mapping[str, Any]], kept: Mapping[str, Any], keys: Sequence[str]
) -> process.Process:
    """The process of the readings ``keys`` of a reference's ``features``, with what ``learned`` kept of all
    of them (empty: nothing is known, an AR(1) with each one's φ, independent of one another)."""
    places = [list(features).index(key) for key in keys]
    rows = max(ROWS_LEAST, max(sum(features[key]["counts"]) for key in keys))
    partials, held = kept.get("partial"), kept.get("held")
    each = [
        np.asarray(partials[at] if partials else [features[key].get("phi") or 0.0], dtype=np.float64)
        for key, at in zip(keys, places, strict=True)
    ]
    correlation = correlation_of(features, kept, keys)
    if correlation is None:
        correlation = np.eye(len(keys))
    steady = [np.clip(one, -process.STEADY, process.STEADY) for one in each]
    wandering = spread.Spread.steady(len(keys))
    if kept.get("spread"):
        told = np.asarray([kept["spread"][at] for at in places], dtype=np.float64).T
        wandering = spread.Spread(told[0], told[1], told[2], np.eye(len(keys)))
    holds = np.asarray([held[at] if held else 1 for at in places], dtype=np.int64)
    return process.Process(
        process.mixing_of(correlation, steady),
        process.Memory(steady, rows, holds),
        np.zeros((0, len(keys))),
        process.Memory([], rows, np.ones(0, dtype=np.int64)),
        np.zeros((len(keys), 0)),
        np.stack(
            [quantile_map(features[key], float(sd)) for key, sd in zip(keys, wandering.sd, strict=True)]
        ),
        np.zeros(len(keys), dtype=np.bool_),
        wandering,
    )


def correlation_of(
    features: Mapping[str, Mapping[str, Any]], kept: Mapping[str, Any], keys: Sequence[str]
) -> F | None:
    """The correlation (d, d) of the readings ``keys``; None where it was not kept."""
    if not kept.get("correlation"):
        return None
    places = [list(features).index(key) for key in keys]
    correlation = np.eye(len(keys))
    for i, at in enumerate(places):
        for j, other in enumerate(places[:i]):
            correlation[i, j] = correlation[j, i] = kept["correlation"][max(at, other)][min(at, other)]
    return correlation


def quantile_map(stored: Mapping[str, Any], sd: float = 0.0) -> F:
    """The value (g,) at each score of ``process.GRID`` of a frozen reading, as ``process.quantile_map``."""
    grid = process.GRID * np.exp(2 * sd)
    edges = np.asarray(stored["edges"], dtype=np.float64)
    counts = np.asarray(stored["counts"][:-1], dtype=np.float64)
    whole = counts.sum()
    below = counts[:-1].cumsum() / whole
    at = spread.scores(ndtri(np.clip(below, 0.5 / whole, 1 - 0.5 / whole)), sd)
    rising = np.r_[True, np.diff(at) > 0]
    quantiles = np.interp(grid, at[rising], edges[rising])
    inner = edges[rising], at[rising]
    if stored.get("categories") is None and edges.size == PARTS + 1 and rising.sum() > 2:
        slope = (inner[0][-1] - inner[0][-2]) / (inner[1][-1] - inner[1][-2])
        quantiles = np.where(inner[1][-1] < grid, edges[-1] + slope * (grid - inner[1][-1]), quantiles)
        slope = (inner[0][1] - inner[0][0]) / (inner[1][1] - inner[1][0])
        quantiles = np.where(inner[1][0] > grid, edges[0] + slope * (grid - inner[1][0]), quantiles)
    until = np.where(below <= 0, -np.inf, np.where(below >= 1, np.inf, at))
    bins = np.minimum(np.searchsorted(until, grid), edges.size - 1)
    repeats = counts[:-1] / whole > REPEATS / PARTS
    return np.where(repeats[bins], edges[bins], quantiles)
