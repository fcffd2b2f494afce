"""From rows of windows to statistics with limits: the step between tables and ``compute``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.drift.compute import categories, judging, limits
from monitoring.drift.compute.detector import calibration_grid
from monitoring.drift.compute.references import Reference, Stack
from monitoring.drift.compute.statistic import WindowStatistic
from monitoring.drift.selectors.rows import Row
from monitoring.drift.selectors.truths import expected_error
from monitoring.drift.tasks.calibrations import grid_of
from monitoring.limits.selectors.budgets import per_week, streams
from monitoring.models import Prediction, StatisticPoint
from monitoring.readings import CLASSES, CONFIDENCE, ERROR

OF_THE_MODEL = 3  # classes, confidence, errors
TRUTHS, TRUTHS_LEAST = 200, 20
PACE_LEAST = 12  # spans
LARGEST = (1 << 53) - 1


def tests_of(version: ModelVersion) -> int:
    """How many statistics of one machine share the budget."""
    features = version.reference.get("features", {}).values()
    each = (len((categories if categories.is_categorical(one) else judging).STATISTICS) for one in features)
    return sum(each) + OF_THE_MODEL


def alpha_for(line: Line, version: ModelVersion, seconds: float | None = None) -> float:
    """The share of windows in which one statistic of this version on this line may be over its limit by
    chance; ``seconds`` from one span to the next, those of a node's window where nothing is known.

    The one place where the line's budget becomes a limit.
    """
    return limits.alpha_of(
        per_week=per_week(line) / streams(line),
        window_seconds=seconds or version.model.window_seconds,
        tests=tests_of(version),
    )


def per_window(line: Line, version: ModelVersion, seconds: float) -> float:
    """The false alarms for each window that calibrated limits may give: what ``alpha_for`` leaves to the
    statistics that they judge."""
    numbers = [
        one for one in version.reference.get("features", {}).values() if not categories.is_categorical(one)
    ]
    return alpha_for(line, version, seconds) * len(numbers) * (len(judging.STATISTICS) - 1)


def pace(rows: list[Row], version: ModelVersion) -> float:
    """Seconds from one span to the next; at least a node's window."""
    least = float(version.model.window_seconds)
    starts = [row.starts.timestamp() for row in rows]
    return max(least, float(np.median(np.diff(starts)))) if len(starts) >= PACE_LEAST else least


def counts_of(rows: list[Row], key: str, bins: int) -> NDArray[np.int64]:
    """The counts of one reading (w, bins), missing at the end; what a window lacks is missing on all."""
    return np.asarray(
        [row.counts.get(key) or [*[0] * (bins - 1), min(row.n, LARGEST)] for row in rows], dtype=np.int64
    )


def moments_of(rows: list[Row], keys: Iterable[str]) -> NDArray[np.float64]:
    """The moments of readings: (f, w, 5)."""
    moments = [[row.moments.get(key) or [0.0] * 5 for row in rows] for key in keys]
    return np.asarray(moments, dtype=np.float64).reshape(len(moments), len(rows), 5)


def judged(
    rows: list[Row], wanted: list[int], asset: Asset, version: ModelVersion
) -> Iterator[tuple[str, WindowStatistic]]:
    """(reading, statistic) of the rows ``wanted``: by calibrated limits, where they are not there yet by
    analytic ones."""
    seconds = pace(rows, version)
    alpha = alpha_for(asset.line, version, seconds)
    learned = version.reference.get("features", {})
    references = [Reference.of(stored) for stored in learned.values()]
    counts = [counts_of(rows, key, one.counts.size) for key, one in zip(learned, references, strict=True)]
    moments = moments_of(rows, learned)
    absent = judging.judge_missing(counts, references, wanted=wanted, alpha=alpha)
    for key, statistics in zip(learned, absent, strict=True):
        yield from ((key, one) for one in statistics)
    grid = grid_of(version)
    share = per_window(asset.line, version, seconds)
    yield from _calibrated(grid, share, list(learned), counts, moments, references, wanted)
    categorical = [place for place, one in enumerate(learned.values()) if categories.is_categorical(one)]
    for place in categorical:
        of_categories = categories.judge_categories(
            counts[place], moments[place], references[place], wanted=wanted, alpha=alpha
        )
        yield from ((list(learned)[place], one) for one in of_categories)
    plain = [
        place
        for place, key in enumerate(learned)
        if place not in categorical and (grid is None or key not in grid.keys)
    ]
    analytic = judging.judge(
        [counts[place] for place in plain],
        moments[plain],
        [references[place] for place in plain],
        wanted=wanted,
        alpha=alpha,
    )
    keys = list(learned)
    for place, statistics in zip(plain, analytic, strict=True):
        yield from ((keys[place], one) for one in statistics)
    # what a model says follows what it reads; its own autocorrelation is not sent
    phi = 0.0
    if references:
        stack = Stack.of(references)
        own = judging.own_phi(moments, np.asarray(wanted[:1]), stack)[:, 0]
        phi = float(np.quantile(np.maximum(stack.phi, own), 0.75))
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
        mixed = judging.judge_mix(
            np.asarray(tallies, dtype=np.float64),
            np.asarray(reference_tally, dtype=np.float64),
            phi=phi,
            wanted=wanted,
            alpha=alpha,
        )
        yield from ((key, one) for one in mixed)


def _calibrated(
    grid: calibration_grid.CalibrationGrid | None,
    share: float,
    keys: list[str],
    counts: list[NDArray[np.int64]],
    moments: NDArray[np.float64],
    references: list[Reference],
    wanted: list[int],
) -> Iterator[tuple[str, WindowStatistic]]:
    if grid is None:
        return
    places = [keys.index(key) for key in grid.keys]
    mine = [references[place] for place in places]
    phi = judging.own_phi(moments[places], np.asarray(wanted, dtype=np.intp), Stack.of(mine))
    statistics_of = calibration_grid.judge(
        grid, [counts[place] for place in places], moments[places], mine,
        phi=phi, wanted=wanted, per_window=share,
    )  # fmt: skip
    for key, statistics in zip(grid.keys, statistics_of, strict=True):
        yield from ((key, one) for one in statistics)


def error_point(asset: Asset, version: ModelVersion) -> StatisticPoint | None:
    """The share of wrong judgements among the last inspected parts; None below 20 of them.

    Inspection alone counts: parts that were labelled because the model was unsure would make it look worse.
    """
    inspected = list(
        Prediction.objects.filter(asset=asset, version=version, truth_source="inspection")
        .order_by("-at")
        .values_list("at", "label", "truth", "confidence")[:TRUTHS]
    )
    if len(inspected) < TRUTHS_LEAST:
        return None
    wrong = sum(label != truth for _at, label, truth, _confidence in inspected)
    expected = expected_error(version, [confidence for *_rest, confidence in inspected])
    newest = inspected[0][0]
    seconds = version.model.window_seconds
    starts = newest - timedelta(seconds=newest.timestamp() % seconds)
    return StatisticPoint(
        asset=asset,
        version=version,
        feature=ERROR,
        statistic="error",
        starts=starts,
        ends=newest,
        n=len(inspected),
        value=wrong / len(inspected),
        limit=limits.error_limit(n=len(inspected), expected=expected, alpha=alpha_for(asset.line, version)),
    )
