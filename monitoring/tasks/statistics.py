"""From rows of windows to statistics with limits: the step between tables and ``compute``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from monitoring.compute import judging, limits
from monitoring.models import Prediction, StatisticPoint
from monitoring.selectors.readings import CLASSES, CONFIDENCE, ERROR
from monitoring.selectors.rows import Row
from monitoring.selectors.truths import expected_error

PER_WEEK = 1.0  # false alarms of one asset
OF_THE_MODEL = 3  # classes, confidence, errors
TRUTHS, TRUTHS_LEAST = 200, 20


def alpha_for(version: ModelVersion) -> float:
    """The share of windows in which one statistic of this version may be over its limit by chance."""
    tests = len(version.reference.get("features", {})) * len(judging.STATISTICS) + OF_THE_MODEL
    return limits.alpha_of(
        per_week=PER_WEEK, window_seconds=version.model.window_seconds, tests=max(1, tests)
    )


def judged(rows: list[Row], wanted: list[int], version: ModelVersion) -> Iterator[tuple[str, judging.Found]]:
    """(reading, statistic) of the rows ``wanted``; a reading that a window lacks is a gap of no parts."""
    alpha = alpha_for(version)
    learned = version.reference.get("features", {})
    phis = []
    for key, stored in learned.items():
        reference = judging.Reference.of(stored)
        bins = reference.counts.size
        counts = np.asarray([row.counts.get(key) or [0] * bins for row in rows], dtype=np.int64)
        moments = np.asarray([row.moments.get(key) or [0.0] * 5 for row in rows], dtype=np.float64)
        phis.append(max(reference.phi, judging.own_phi(moments[: wanted[0]], moments, reference)))
        for one in judging.judge(counts, moments, reference, wanted=wanted, alpha=alpha):
            yield key, one
    # what a model says follows what it reads; its own autocorrelation is not sent
    phi = float(np.quantile(phis, 0.75)) if phis else 0.0
    names = [one["key"] for one in version.model.classes]
    mixes = (
        (
            CLASSES,
            [[row.classes.get(name, 0) for name in names] for row in rows],
            [version.reference.get("classes", {}).get(name, 0) for name in names],
        ),
        (
            CONFIDENCE,
            [row.confidence or [0] * 20 for row in rows],
            version.reference.get("confidence") or [0] * 20,
        ),
    )
    for key, tallies, reference_tally in mixes:
        found = judging.judge_mix(
            np.asarray(tallies, dtype=np.float64),
            np.asarray(reference_tally, dtype=np.float64),
            phi=phi,
            wanted=wanted,
            alpha=alpha,
        )
        for one in found:
            yield key, one


def error_point(asset: Asset, version: ModelVersion) -> StatisticPoint | None:
    """The share of wrong judgements among the last inspected parts; None below 20 of them.

    Inspection alone counts: parts that were labelled because the model was unsure would make it look worse.
    """
    found = list(
        Prediction.objects.filter(asset=asset, version=version, truth_source="inspection")
        .order_by("-at")
        .values_list("at", "label", "truth", "confidence")[:TRUTHS]
    )
    if len(found) < TRUTHS_LEAST:
        return None
    wrong = sum(label != truth for _at, label, truth, _confidence in found)
    expected = expected_error(version, [confidence for *_rest, confidence in found])
    newest = found[0][0]
    seconds = version.model.window_seconds
    starts = newest - timedelta(seconds=newest.timestamp() % seconds)
    return StatisticPoint(
        asset=asset,
        version=version,
        feature=ERROR,
        statistic="error",
        starts=starts,
        ends=newest,
        n=len(found),
        value=wrong / len(found),
        limit=limits.error_limit(n=len(found), expected=expected, alpha=alpha_for(version)),
    )
