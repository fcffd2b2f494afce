"""Where the drift of an alert comes from: from windows to ``Alert.where``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from celery import shared_task
from numpy.typing import NDArray

from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.drift.compute import binned, contrast
from monitoring.drift.compute.categories import is_categorical
from monitoring.drift.selectors.segments import DIMENSIONS, Segment, segment_windows
from monitoring.drift.services.evidence import alert_where_write
from monitoring.drift.tasks.relations import evidence_of
from monitoring.models import Alert
from monitoring.readings import CLASSES, CONFIDENCE, ERROR

SEGMENTS, SERIES = 12, 160
F = NDArray[np.float64]


@shared_task(name="monitoring.contrast")
def where(alert_id: int) -> None:
    """Work out where each reading's drift comes from, and since when; again where windows came since."""
    alert = Alert.objects.select_related("asset__line", "version__model").filter(pk=alert_id).first()
    if alert is None:
        return
    windows = segment_windows(alert)
    contrasts = {
        key: one
        for key in alert.features
        if key != ERROR and (one := _reading(alert, key, windows)) is not None
    }
    whole = sum(one["psi"] for one in contrasts.values())
    for one in contrasts.values():
        one["part"] = one["psi"] / whole if whole > 0 else 0.0
    alert_where_write(alert=alert, where=contrasts, evidence=evidence_of(alert, windows))


def tally(windows: Sequence[Segment], key: str, version: ModelVersion) -> tuple[F, F] | None:
    """Counts of one reading, or of the model's answers: windows (w, k) and reference (k,); None where the
    reference has none."""
    if key == CLASSES:
        names = [one["key"] for one in version.model.classes]
        learned = [version.reference.get("classes", {}).get(name, 0) for name in names]
        rows = [[one.classes.get(name, 0) for name in names] for one in windows]
    elif key == CONFIDENCE:
        learned = version.reference.get("confidence") or []
        rows = [one.confidence or [0] * len(learned) for one in windows]
    else:
        learned = version.reference.get("features", {}).get(key, {}).get("counts", [])[:-1]
        rows = [(one.counts.get(key) or [0] * (len(learned) + 1))[:-1] for one in windows]
    if sum(learned) <= 0 or not windows:
        return None
    return np.asarray(rows, dtype=np.float64), np.asarray(learned, dtype=np.float64)


def _reading(alert: Alert, key: str, windows: Sequence[Segment]) -> dict[str, Any] | None:
    made = tally(windows, key, alert.judged_by)
    if made is None:
        return None
    counts, reference = made
    learned = alert.judged_by.reference.get("features", {}).get(key, {})
    codes = is_categorical(learned)  # have no mean
    if not codes and key not in (CLASSES, CONFIDENCE):
        ids = binned.deciles(reference)
        join = np.eye(ids.max() + 1)[ids]
        counts, reference = counts @ join, reference @ join
    moments = np.asarray(
        [[0.0] * 5 if codes else one.moments.get(key) or [0.0] * 5 for one in windows], dtype=np.float64
    )
    inside = np.array([one.starts >= alert.since for one in windows])
    keys = sorted({one.key for one, now in zip(windows, inside, strict=True) if now})
    row_of = {one: index for index, one in enumerate(keys)}
    rows = np.array([row_of.get(one.key, -1) for one in windows])
    summed, sums = np.zeros((len(keys), counts.shape[1])), np.zeros((len(keys), 5))
    np.add.at(summed, rows[inside], counts[inside])
    np.add.at(sums, rows[inside], moments[inside])
    if summed.sum() <= 0:
        return None
    psi, adds = contrast.psi_parts(summed, reference)
    mean = float(learned.get("mean") or 0.0)
    shift, shifts = contrast.mean_parts(sums, mean)
    sizes = summed.sum(axis=-1)
    best = contrast.best_slice([tuple(one) for one in keys], adds, sizes)
    has_mean = bool(np.isfinite(shift))
    told: dict[str, Any] = {
        "psi": float(psi),
        "shift": float(shift) if has_mean else None,
        "n": int(sizes.sum()),
        "segments": [
            dict(zip(DIMENSIONS, keys[row], strict=True))
            | {
                "n": int(sizes[row]),
                "share": _share(float(adds[row]), float(psi)),
                "mean_share": _share(float(shifts[row]), float(shift)) if has_mean else None,
            }
            for row in np.argsort(-adds)[:SEGMENTS]
        ],
        "segments_all": len(keys),
        "best": None,
    }
    if best is not None:
        chosen = {key for key, member in zip(keys, best.members, strict=True) if member}
        told["best"] = _slice(best) | _course(windows, chosen, counts, moments, summed.sum(axis=0), reference)
    return told


def _slice(best: contrast.Slice) -> dict[str, Any]:
    names = {DIMENSIONS[at]: name for at, name in best.names.items()}
    return {"names": names, "share": best.drift, "parts": best.parts}


def _course(
    windows: Sequence[Segment],
    chosen: set[tuple[str, ...]],
    counts: F,
    moments: F,
    total: F,
    reference: F,
) -> dict[str, Any]:
    """Since when the slice drifts, and its course beside the rest: {"since", "unit", "inside", "outside"}."""
    member = np.array([one.key in chosen for one in windows])
    starts = sorted({one.starts for one in windows})
    at = np.array([starts.index(one.starts) for one in windows])
    own = contrast.scores(counts, total, reference)
    sizes = counts.sum(axis=-1)
    course = {name: _by_start(at, len(starts), own, sizes, which)
              for name, which in (("inside", member), ("outside", ~member))}  # fmt: skip
    values, weights = course["inside"]
    there = np.flatnonzero(weights > 0)
    begun = contrast.began(values, weights)
    if begun is None and there.size and there[0] > 0:  # it came with what is drifted from its first window
        begun = int(there[0])
    in_unit = bool((moments[:, 0] > 0).any())
    if in_unit:
        n = moments[:, 0]
        with np.errstate(invalid="ignore", divide="ignore"):
            means = moments[:, 1] / n
        course = {name: _by_start(at, len(starts), means, n, which)
                  for name, which in (("inside", member), ("outside", ~member))}  # fmt: skip
    return {
        "since": starts[begun].isoformat() if begun is not None else None,
        "in_unit": in_unit,
        **{
            name: [
                [starts[index].isoformat(), float(line[index])]
                for index in np.flatnonzero(weight > 0)[-SERIES:]
            ]
            for name, (line, weight) in course.items()
        },
    }


def _by_start(at: F, count: int, values: F, weights: F, which: F) -> tuple[F, F]:
    """Means of the windows of one start, weighted: (starts,), and their weights."""
    usable = which & np.isfinite(values) & (weights > 0)
    whole = np.bincount(at[usable], weights[usable], minlength=count)
    sums = np.bincount(at[usable], weights[usable] * values[usable], minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / whole, dtype=np.float64), np.asarray(whole, dtype=np.float64)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if abs(whole) > 1e-12 else 0.0
