"""The frozen distribution that a version was trained on, against which drift is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.wire import merge, sketch

DIGITS = 12


def _plain(value: float) -> float:
    """Twelve digits: the bytes are the same on every machine."""
    return float(f"{value:.{DIGITS}g}")


def _feature(values: NDArray[np.float64], asset: NDArray[np.str_]) -> dict[str, Any]:
    """One reading's reference: ``values`` float64 (n,) in time order."""
    finite = values[sketch.readable(values)]
    edges = sketch.reference_edges(values)
    moments: list[float] = []
    for one in np.unique(asset):
        own = values[asset == one]
        centred = own - (np.mean(own[sketch.readable(own)]) if sketch.readable(own).any() else 0.0)
        moments = merge.add_moments(moments, sketch.moments(centred))
    return {
        "edges": [float(edge) for edge in edges],
        "counts": [int(count) for count in sketch.bin_counts(values, edges)],
        "mean": _plain(float(finite.mean())),
        "sd": _plain(float(finite.std(ddof=1)) if finite.size > 1 else 0.0),
        "phi": _plain(sketch.autocorrelation(moments)),
    }


def reference(
    *,
    readings: NDArray[np.float64],
    asset: NDArray[np.str_],
    at: NDArray[np.float64],
    features: Sequence[str],
    said: Sequence[str],
    confidence: NDArray[np.float64],
) -> dict[str, Any]:
    """``readings`` (n, features) are the training rows; ``said`` and ``confidence`` (m,) what the model says
    of the held-out rows, because it is too sure of those that it was trained on.

    ``phi`` is the lag-1 autocorrelation between neighbouring rows of one asset. ValueError where a feature
    has no value at all.
    """
    order = np.argsort(at, kind="stable")
    readings, asset = readings[order], asset[order]
    names, counts = np.unique(np.array(said, dtype=np.str_), return_counts=True)
    return {
        "features": {key: _feature(readings[:, place], asset) for place, key in enumerate(features)},
        "classes": {str(name): int(count) for name, count in zip(names, counts, strict=True)},
        "confidence": sketch.confidence_counts(confidence),
        "n": len(readings),
    }
