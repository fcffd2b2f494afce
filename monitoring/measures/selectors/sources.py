"""Where a measure's values come from when nobody sends them: windows, inspection, golden parts.

- A reading, or how sure the model is: the mean of each settled window, at the window's end.
- On an X̄-S chart a reading's window is a subgroup: its mean, its parts and their deviation.
- How often the model is wrong (``ERROR``): of each ``INSPECTED`` parts in the order in which inspection told
  of them, however late and however old the inspection, the share judged wrong, in percent, with how many
  they were; at the moment at which the last of them was told.
- How often people overrule the model (``OVERRIDE``): of each ``INSPECTED`` answers of people about parts that
  they were asked about, the share whose class is another than the model's; in percent. It speaks of the parts
  that are asked about, not of all. The room that asks registers how to read them (``register_overrides``).
- The golden score (``GOLDEN``): of each run of golden parts through the machine the mean probability that
  the model gave the truth, in percent; a run is over after ``RUN_OVER`` without another golden part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Feature, ModelVersion
from monitoring.measures.rules.points import Given
from monitoring.measures.selectors.measures import AT_ONCE, SETTLED
from monitoring.models import GoldenSample, Inspection, Measure, SampledRow, Window
from monitoring.models.prediction import Reason
from monitoring.readings import CONFIDENCE, ERROR, OVERRIDE

GOLDEN = ":golden"
COUNTED = (ERROR, OVERRIDE)
PERCENT = (*COUNTED, GOLDEN)
INSPECTED = 25
RUN_OVER = timedelta(minutes=30)
Values = dict[datetime, Given]


Answers = Callable[[Asset, datetime | None, int], Sequence[tuple[datetime, bool]]]
_overrides: list[Answers] = []


def register_overrides(read: Answers) -> None:
    """``read(asset, after, most)``: moments of answers in order, and whether each was another than the
    model's."""
    _overrides[:] = [read]


def source_values(measure: Measure, *, now: datetime) -> Values:
    """What came since the newest value; nothing for a measure whose values are sent."""
    if measure.asset is None or not measure.source:
        return {}
    if measure.source == ERROR:
        return _error_shares(measure)
    if measure.source == OVERRIDE:
        answers = _overrides[0](measure.asset, _newest(measure), AT_ONCE) if _overrides else []
        return _shares(answers)
    if measure.source == GOLDEN:
        return _golden_scores(measure, now)
    return _window_means(measure, now)


def source_known(asset: Asset, source: str) -> bool:
    """Whether a machine gives such values: a reading of a model of its type, or what follows from judging."""
    readings = Feature.objects.filter(model__asset_type=asset.type_id, key=source)
    return source in (CONFIDENCE, *PERCENT) or readings.exists()


def _newest(measure: Measure) -> datetime | None:
    return measure.values.order_by("-at").values_list("at", flat=True).first()


def _window_means(measure: Measure, now: datetime) -> Values:
    """The mean of the measure's reading in each settled window since the newest value, by the window's
    end."""
    windows = Window.objects.filter(asset=measure.asset, ends__lte=now - SETTLED)
    if (newest := _newest(measure)) is not None:
        windows = windows.filter(ends__gt=newest)
    sums: dict[datetime, list[float]] = {}
    rows = windows.order_by("ends").values_list("ends", "moments", "confidence")[:AT_ONCE]
    for ends, moments, confidence in rows:
        row = sums.setdefault(ends, [0.0, 0.0, 0.0])
        for place, one in enumerate(_sums(measure.source, moments, confidence)):
            row[place] += one
    subgroups = measure.chart == "xbar_s"
    return {ends: _point(row, subgroups) for ends, row in sums.items() if row[0] > subgroups}


def _point(sums: list[float], subgroup: bool) -> Given:
    n, total, squares = sums
    if not subgroup:
        return Given(total / n)
    return Given(total / n, n, math.sqrt(max(0.0, squares - total * total / n) / (n - 1)))


def _sums(source: str, moments: dict[str, list[float]], confidence: list[int]) -> tuple[float, float, float]:
    """Count, sum and sum of squares."""
    if source == CONFIDENCE:
        middles = [((b + 0.5) / (len(confidence) or 1), n) for b, n in enumerate(confidence)]
        total = sum(n * one for one, n in middles)
        return float(sum(confidence)), total, sum(n * one * one for one, n in middles)
    moment = moments.get(source) or [0.0, 0.0, 0.0]
    return moment[0], moment[1], moment[2]


def _error_shares(measure: Measure) -> Values:
    """Each part once, when inspection first told of it, by the result that counts by now."""
    earlier = Inspection.objects.filter(
        prediction=OuterRef("prediction"), source="inspection", pk__lt=OuterRef("pk")
    )
    inspections = Inspection.objects.filter(
        ~Exists(earlier), prediction__asset=measure.asset, source="inspection"
    )
    if (newest := _newest(measure)) is not None:
        inspections = inspections.filter(arrived_at__gt=newest)
    inspections = inspections.order_by("arrived_at", "pk")
    rows = inspections.values_list("arrived_at", "prediction__label", "prediction__truth")[:AT_ONCE]
    return _shares([(at, label != truth) for at, label, truth in rows])


def _shares(rows: Sequence[tuple[datetime, bool]]) -> Values:
    shares: Values = {}
    wrong: list[bool] = []
    for index, (at, one) in enumerate(rows):
        wrong.append(one)
        # parts that were told of at one moment stay together, or the rest of them would be passed over
        last = index + 1 == len(rows) or rows[index + 1][0] != at
        if len(wrong) >= INSPECTED and last:
            shares[at] = Given(100 * sum(wrong) / len(wrong), len(wrong))
            wrong = []
    return shares


def _golden_scores(measure: Measure, now: datetime) -> Values:
    rows = SampledRow.objects.filter(reason=Reason.GOLDEN, prediction__asset=measure.asset)
    if (newest := _newest(measure)) is not None:
        rows = rows.filter(prediction__at__gt=newest)
    parts = list(
        rows.order_by("prediction__at").values_list(
            "prediction__at", "prediction__part_id", "prediction__version", "probabilities"
        )[:AT_ONCE]
    )
    truths = _truths({version for _at, _part, version, _said in parts})
    scores: Values = {}
    for run in _runs([one for one in parts if (one[2], one[1]) in truths]):
        if now - run[-1][0] >= RUN_OVER:
            given = [float(labels.get(truths[version, part], 0.0)) for _at, part, version, labels in run]
            scores[run[-1][0]] = Given(100 * sum(given) / len(given))
    return scores


Part = tuple[datetime, str, int, dict[str, float]]


def _runs(parts: list[Part]) -> Iterator[list[Part]]:
    run: list[Part] = []
    for one in parts:
        if run and one[0] - run[-1][0] >= RUN_OVER:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _truths(versions: set[int]) -> dict[tuple[int, str], str]:
    """The truth of each golden part by version and code."""
    models = dict(ModelVersion.objects.filter(pk__in=versions).values_list("pk", "model"))
    samples = GoldenSample.objects.filter(model__in=models.values(), retired_at=None)
    known = {(model, code): truth for model, code, truth in samples.values_list("model", "code", "truth")}
    return {
        (pk, code): truth
        for pk, of in models.items()
        for (model, code), truth in known.items()
        if model == of
    }
