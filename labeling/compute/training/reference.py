"""The frozen distribution that a version was trained on, against which drift is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.wire import merge, sketch
from mlops_portal.foundation.wire.categories import edges_of

DIGITS = 12


def _plain(value: float) -> float:
    """Twelve digits: the bytes are the same on every machine."""
    return float(f"{value:.{DIGITS}g}")


def _feature(
    values: NDArray[np.float64], categories: Sequence[str], asset: NDArray[np.str_], ordered: bool
) -> dict[str, Any]:
    """One reading's reference: ``values`` float64 (n,) in time order, where it is ``ordered``.

    A reading without a single value has the edge 0, so that one that comes later is seen; one of words says
    how many ``categories`` it has.
    """
    finite = values[sketch.readable(values)]
    if categories:
        edges = np.array(edges_of(categories))
    else:
        edges = sketch.reference_edges(values) if finite.size else np.zeros(1)
    return {
        "edges": [float(edge) for edge in edges],
        "counts": [int(count) for count in sketch.bin_counts(values, edges)],
        "mean": _plain(float(finite.mean()) if finite.size else 0.0),
        "sd": _plain(float(finite.std(ddof=1)) if finite.size > 1 else 0.0),
        "phi": _plain(_phi(values, asset)) if ordered else 0.0,
    } | ({"categories": len(categories)} if categories else {})


def _phi(values: NDArray[np.float64], asset: NDArray[np.str_]) -> float:
    """Lag-1 autocorrelation between neighbouring rows of one asset."""
    moments: list[float] = []
    for one in np.unique(asset):
        own = values[asset == one]
        centred = own - (np.mean(own[sketch.readable(own)]) if sketch.readable(own).any() else 0.0)
        moments = merge.add_moments(moments, sketch.moments(centred))
    return sketch.autocorrelation(moments)


def reference(
    *,
    readings: NDArray[np.float64],
    asset: NDArray[np.str_],
    at: NDArray[np.float64],
    features: Mapping[str, Sequence[str]],
    said: Sequence[str],
    confidence: NDArray[np.float64],
    ordered: bool = True,
) -> dict[str, Any]:
    """``readings`` (n, features) are the training rows; ``said`` and ``confidence`` (m,) what the model says
    of the held-out rows, because it is too sure of those that it was trained on.

    ``features`` are the categories of each reading by its key, in the order of the columns (none: a number).
    ``phi`` is the lag-1 autocorrelation between neighbouring rows of one asset; 0 where the rows are not
    ``ordered`` in time.
    """
    order = np.argsort(at, kind="stable")
    readings, asset = readings[order], asset[order]
    names, counts = np.unique(np.array(said, dtype=np.str_), return_counts=True)
    return {
        "features": {
            key: _feature(readings[:, place], categories, asset, ordered)
            for place, (key, categories) in enumerate(features.items())
        },
        "classes": {str(name): int(count) for name, count in zip(names, counts, strict=True)},
        "confidence": sketch.confidence_counts(confidence),
        "n": len(readings),
    }
