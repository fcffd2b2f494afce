"""The portal's own detector, as back-tests ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.above.backtests.tasks.outcome import Report, silent
from monitoring.drift.compute.detector.detector import ROWS_LEAST, Statistic, fit

Floats = NDArray[np.float64]
SEED = 7
__all__ = ["ROWS_LEAST", "detect", "first_alert"]


def detect(
    reference: Floats,
    stream: Floats,
    *,
    window: int,
    per_window: float,
    names: Sequence[str],
    categorical: Sequence[bool],
    apart: int = 1,
    report: Report = silent,
) -> tuple[list[dict[str, Any]], list[int], dict[str, Any] | None]:
    """Windows {"index", "start_row", "end_row", "alert", "statistics"}, the first rows of the alerts, and
    what the reference says of the promise (``Promise.stored`` with the name of the slowest "reading").

    ``reference`` (m, d) and ``stream`` (n, d), NaN where missing; ``per_window``: false alarm events a
    window, all columns together; ``categorical`` which of ``names`` hold codes; the reference's rows lie
    ``apart`` of the stream's.
    """
    detector = fit(
        reference, window=window, per_window=per_window, names=names, categorical=categorical, seed=SEED,
        apart=apart, report=report,
    )  # fmt: skip
    result = detector.run(stream)
    windows = [
        {
            "index": int(one.index),
            "start_row": int(one.start_row),
            "end_row": int(one.end_row),
            "alert": bool(one.alert),
            "statistics": [_statistic(statistic) for statistic in one.statistics],
        }
        for one in result.windows
    ]
    alerts = [int(row) for row in result.alerts]
    if detector.promise is None:
        return windows, alerts, None
    varying = [name for name, varies in zip(names, detector.varying, strict=True) if varies]
    promise = detector.promise.stored() | {"reading": varying[detector.promise.slowest]}
    return windows, alerts, promise


def _statistic(statistic: Statistic) -> dict[str, Any]:
    return {
        "feature": statistic.feature,
        "statistic": statistic.statistic,
        "value": _plain(statistic.value),
        "limit": _plain(statistic.limit),
    }


def _plain(value: float) -> float | None:
    """JSON knows neither NaN nor infinity."""
    return float(value) if np.isfinite(value) else None


def first_alert(
    *, window: int, per_window: float, names: Sequence[str], categorical: Sequence[bool]
) -> Callable[[Floats, Floats], int | None]:
    """A function of reference and stream: rows of the stream after which its first alert is known."""

    def after(reference: Floats, stream: Floats) -> int | None:
        if len(reference) < max(window, ROWS_LEAST) or len(stream) < window:
            return None
        windows, alerts, _promise = detect(
            reference, stream, window=window, per_window=per_window, names=names, categorical=categorical
        )
        ends = [
            one["end_row"] for one in windows if alerts and one["start_row"] <= alerts[0] < one["end_row"]
        ]
        return int(ends[0]) if ends else None

    return after
