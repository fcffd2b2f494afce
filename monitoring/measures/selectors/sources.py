"""Where a measure's values come from when nobody sends them: windows, inspection, golden parts.

- A reading, or how sure the model is: the mean of each settled window, at the window's end.
- How often the model is wrong (``ERROR``): of each ``INSPECTED`` parts in the order in which inspection told
  of them, however late and however old the inspection, the share judged wrong, in percent; at the moment at
  which the last of them was told.
- The golden score (``GOLDEN``): of each run of golden parts through the machine the mean probability that
  the model gave the truth, in percent; a run is over after ``RUN_OVER`` without another golden part.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Feature, ModelVersion
from monitoring.measures.selectors.measures import AT_ONCE, SETTLED
from monitoring.models import GoldenSample, Inspection, Measure, SampledRow, Window
from monitoring.models.prediction import Reason
from monitoring.readings import CONFIDENCE, ERROR

GOLDEN = ":golden"
PERCENT = (ERROR, GOLDEN)
INSPECTED = 25
RUN_OVER = timedelta(minutes=30)
Values = dict[datetime, float]


def source_values(measure: Measure, *, now: datetime) -> Values:
    """What came since the newest value; nothing for a measure whose values are sent."""
    if measure.asset is None or not measure.source:
        return {}
    if measure.source == ERROR:
        return _error_shares(measure)
    if measure.source == GOLDEN:
        return _golden_scores(measure, now)
    return _window_means(measure, now)


def source_known(asset: Asset, source: str) -> bool:
    """Whether a machine gives such values: a reading of a model of its type, or what follows from judging."""
    readings = Feature.objects.filter(model__asset_type=asset.type_id, key=source)
    return source in (CONFIDENCE, *PERCENT) or readings.exists()


def _newest(measure: Measure) -> datetime | None:
    return measure.values.order_by("-at").values_list("at", flat=True).first()


def _window_means(measure: Measure, now: datetime) -> dict[datetime, float]:
    """The mean of the measure's reading in each settled window since the newest value, by the window's
    end."""
    windows = Window.objects.filter(asset=measure.asset, ends__lte=now - SETTLED)
    if (newest := _newest(measure)) is not None:
        windows = windows.filter(ends__gt=newest)
    sums: dict[datetime, list[float]] = {}
    rows = windows.order_by("ends").values_list("ends", "moments", "confidence")[:AT_ONCE]
    for ends, moments, confidence in rows:
        n, total = _sum(measure.source, moments, confidence)
        row = sums.setdefault(ends, [0.0, 0.0])
        row[0], row[1] = row[0] + n, row[1] + total
    return {ends: total / n for ends, (n, total) in sums.items() if n > 0}


def _sum(source: str, moments: dict[str, list[float]], confidence: list[int]) -> tuple[float, float]:
    if source == CONFIDENCE:
        bins = len(confidence) or 1
        return float(sum(confidence)), sum(n * (b + 0.5) / bins for b, n in enumerate(confidence))
    moment = moments.get(source) or [0.0, 0.0]
    return moment[0], moment[1]


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
    rows = list(inspections.values_list("arrived_at", "prediction__label", "prediction__truth")[:AT_ONCE])
    shares: Values = {}
    wrong: list[bool] = []
    for index, (at, label, truth) in enumerate(rows):
        wrong.append(label != truth)
        # parts that were told of at one moment stay together, or the rest of them would be passed over
        last = index + 1 == len(rows) or rows[index + 1][0] != at
        if len(wrong) >= INSPECTED and last:
            shares[at] = 100 * sum(wrong) / len(wrong)
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
            scores[run[-1][0]] = 100 * sum(given) / len(given)
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
