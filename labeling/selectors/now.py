"""The parts that come now, as rows: since the happening, labelled or not, each with what it stands for.

- The happening is the alert that a run was made for, or a newer one that lasts on its machine; without a
  run the newest one that lasts on a machine of the model. One lasts that is open, or was resolved as a
  change that stays and is not older than ``DAYS`` days. Where none is known, the last ``DAYS`` days count.
- An alert that was resolved as a data problem, a sensor's fault or a false alarm, or as expected, is over:
  parts since then count, not those while it lasted.
- Parts that a machine made while its data or a sensor was wrong, as a resolved alert says, were not read as
  they are, so they count in no span.
- Parts that a node sent because somebody asked for them stand for nothing but themselves, and golden parts
  are none: neither counts. Answers that contradict one another do not count either, and are told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from labeling.models import Label, LabelRequest, NowMeasure
from labeling.selectors.rows import LABEL, LeftOut, Usable, judged, set_aside, with_a_truth
from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_of
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.models import Alert, SampledRow
from monitoring.models.prediction import Reason
from monitoring.transitions import AlertState, Cause

DAYS = 30
MOST = 4_000
UNREAD = (Cause.DATA, Cause.SENSOR)
OVER = (Cause.DATA, Cause.SENSOR, Cause.EXPECTED, Cause.FALSE_ALARM)
UNSAMPLED = (Reason.GOLDEN, Reason.REQUESTED)


@dataclass(frozen=True, slots=True)
class Span:
    """``why``: alert, over (the alert's happening went away) or days; ``alert`` where there is one."""

    since: datetime
    until: datetime
    why: str
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class NowRow:
    """``label`` "" where nobody knows; ``batch``: when it was asked about, None for an inspection result;
    ``drawn``: the probability of that draw, 1 where the model chose it."""

    prediction: str
    asset: str
    part: str
    lot: str
    at: datetime
    readings: dict[str, float | None]
    weight: float
    label: str = ""
    batch: datetime | None = None
    drawn: float = 1.0


@dataclass(frozen=True, slots=True)
class NowRows:
    """``disputed``: parts whose answers contradict; ``unanswered``: parts asked about by chance of which
    nobody knows what they are."""

    labelled: list[NowRow]
    others: list[NowRow]
    disputed: int
    unanswered: int


def span_of(model: RegisteredModel, *, alert: Alert | None, until: datetime) -> Span:
    stays = ~Q(cause__in=OVER) & Q(since__gte=until - timedelta(days=DAYS))
    lasting = Alert.objects.filter(~Q(state=AlertState.RESOLVED) | stays, version__model=model)
    if alert is not None:
        lasting = lasting.filter(asset=alert.asset_id, since__gt=alert.since)
    since = lasting.filter(since__lte=until).order_by("-since").first() or alert
    if since is None:
        return Span(until - timedelta(days=DAYS), until, "days")
    if since.state == AlertState.RESOLVED and since.cause in OVER and since.resolved_at is not None:
        return Span(since.resolved_at, until, "over", since)
    return Span(since.since, until, "alert", since)


def alert_open(model: RegisteredModel, machines: Collection[str] = ()) -> bool:
    """Whether an alert about ``model`` is open on one of the ``machines`` (slugs; none: on any)."""
    alerts = Alert.objects.filter(version__model=model).exclude(state=AlertState.RESOLVED)
    return (alerts.filter(asset__slug__in=machines) if machines else alerts).exists()


def _unread(model: RegisteredModel, span: Span) -> Q:
    """Rows that a machine sent while its data or a sensor was wrong."""
    wrong = Alert.objects.filter(
        version__model=model,
        state=AlertState.RESOLVED,
        cause__in=UNREAD,
        since__lte=span.until,
        resolved_at__gte=span.since,
    )
    rows = Q(pk__in=())
    for one in wrong:
        rows |= Q(
            prediction__asset=one.asset_id,
            prediction__at__gte=one.since,
            prediction__at__lt=one.resolved_at,
        )
    return rows


def now_rows(model: RegisteredModel, span: Span) -> NowRows:
    """The newest rows of the span; of those without a truth at most about ``MOST``, evenly."""
    read = ~_unread(model, span)
    inside = Q(prediction__at__gte=span.since, prediction__at__lte=span.until) & read
    bad, classes = set_aside(), {one["key"] for one in model.classes}
    labelled, out, disputed = [], set(), 0
    for row in with_a_truth(model).filter(inside).exclude(reason__in=UNSAMPLED):
        out.add(row.pk)
        known = judged(row, bad, classes)
        if isinstance(known, LeftOut):
            disputed += known.reason == "disputed"
            if known.reason in ("quarantined", "golden"):
                continue
            out.discard(row.pk)  # nobody knows what it is: it is one of the others
        else:
            labelled.append(_labelled(row, known))
    unanswered = _unanswered(model, inside, {row.prediction for row in labelled})
    return NowRows(_whole_batches(labelled), _others(model, inside, out, bad), disputed, unanswered)


def _unanswered(model: RegisteredModel, inside: Q, known: set[str]) -> int:
    """Withdrawn questions too: an expert who cannot tell either ends one so."""
    asked = SampledRow.objects.filter(inside, prediction__version__model=model, requests__why__random=True)
    parts = asked.exclude(reason__in=UNSAMPLED).values_list("prediction", flat=True)
    return len(set(parts) - known)


def _labelled(row: SampledRow, known: Usable) -> NowRow:
    asked = known.label.request if known.label is not None else None
    return _row(
        row,
        row.readings,
        1.0,
        label=known.row.label,
        batch=asked.asked_at if asked is not None and known.row.source == LABEL else None,
        drawn=_drawn(asked) if asked is not None else 1.0,
    )


def _drawn(asked: LabelRequest) -> float:
    return asked.inclusion_probability if asked.why.get("random") else 1.0


def _whole_batches(rows: list[NowRow]) -> list[NowRow]:
    """A pool that was asked about whole, and of which not every part was answered, was answered by chance."""
    whole = LabelRequest.objects.filter(
        asked_at__in={one.batch for one in rows if one.batch}, why__text_key="all"
    )
    counts: dict[datetime, int] = {}
    for at in whole.values_list("asked_at", flat=True):
        counts[at] = counts.get(at, 0) + 1
    answered = {at: sum(one.batch == at for one in rows) for at in counts}
    return [
        NowRow(**{**_fields(one), "drawn": answered[one.batch] / counts[one.batch]})
        if one.batch in counts and answered[one.batch] < counts[one.batch]
        else one
        for one in rows
    ]


def _fields(one: NowRow) -> dict[str, Any]:
    return {name: getattr(one, name) for name in NowRow.__slots__}


def _others(model: RegisteredModel, inside: Q, out: set[int], bad: set[tuple[int, str]]) -> list[NowRow]:
    sampled = SampledRow.objects.filter(inside, prediction__version__model=model).exclude(
        reason__in=UNSAMPLED
    )
    every = [pk for pk in sampled.order_by("prediction__at").values_list("pk", flat=True) if pk not in out]
    step = max(1, -(-len(every) // MOST))
    chosen = every[::step]
    rows = []
    for start in range(0, len(chosen), 500):
        some = SampledRow.objects.filter(pk__in=chosen[start : start + 500])
        rows += [
            _row(row, row.readings, len(every) / len(chosen))
            for row in some.select_related("prediction__asset")
            if (row.prediction.node_id, row.prediction.part_id) not in bad
        ]
    return rows


def _row(row: SampledRow, readings: dict[str, float | None], times: float, **more: Any) -> NowRow:
    of = row.prediction
    return NowRow(
        of.pk, of.asset.slug, of.part_id, of.lot, of.at, readings, times / row.inclusion_probability, **more
    )


def now_of(version: ModelVersion, champion: ModelVersion | None) -> NowMeasure | None:
    """The newest measure of ``version`` beside ``champion``; None where it was not measured beside it."""
    return NowMeasure.objects.filter(version=version, champion=champion).first()


def versions_behind(*, now: datetime, most: int = 20) -> list[ModelVersion]:
    """Versions that people may decide about, or that run, and for which labels came since they were measured,
    or an alert was opened or resolved, so that other parts count; those never measured first."""
    behind = []
    for model in RegisteredModel.objects.filter(retired_at=None):
        newest = _newest(model)
        if newest is None:
            continue
        champion = champion_of(model)
        asked = model.versions.filter(state__in=(VersionState.CANDIDATE, VersionState.IN_REVIEW))
        versions = list(asked.select_related("model", "artifact").order_by("-number")[:3])
        if champion is not None and champion.pk not in {one.pk for one in versions}:
            versions.append(champion)
        for version in versions:
            last = now_of(version, champion)
            if last is None or last.at < newest:
                behind.append((last.at.timestamp() if last else 0.0, version))
    behind.sort(key=lambda pair: pair[0])
    return [version for _at, version in behind[:most]]


def _newest(model: RegisteredModel) -> datetime | None:
    people = Label.objects.filter(request__version__model=model).aggregate(at=Max("at"))["at"]
    sampled = SampledRow.objects.filter(prediction__version__model=model)
    truths = sampled.aggregate(at=Max("prediction__truth_at"))["at"]
    alerts = Alert.objects.filter(version__model=model).aggregate(
        opened=Max("opened_at"), gone=Max("resolved_at")
    )
    known = [one for one in (people, truths, *alerts.values()) if one is not None]
    return max(known) if known else None


@dataclass(frozen=True, slots=True)
class Place:
    """Whom to ask about parts of a machine: its line, and since the alert that is open there."""

    line: Line
    alert: Alert | None


def where_to_ask(by: Person, model: RegisteredModel, slug: str) -> Place:
    """Of the machine ``slug``; of the one with the newest open alert, else with most parts, for "".

    Raises NotFound where the person may ask no line that has one.
    """
    lines = lines_for(person=by, action="label.ask")
    machines = Asset.objects.filter(type=model.asset_type_id, line__in=lines, retired_at=None)
    if slug:
        machines = machines.filter(slug=slug)
    alerts = Alert.objects.filter(version__model=model, asset__in=machines).exclude(state=AlertState.RESOLVED)
    alert = alerts.select_related("asset__line").order_by("-since").first()
    if alert is not None:
        return Place(alert.line, alert)
    most = machines.annotate(n=Count("predictions")).order_by("-n", "pk").select_related("line").first()
    if most is None:
        raise NotFound(_("There is no machine of this model on a line that you may ask."))
    return Place(most.line, None)


def wrong_now(model: RegisteredModel) -> dict[int, dict[str, Any]]:
    """The share wrong (%) of each version of ``model`` that was measured on parts as they are now, and from
    how many labels: {version: {"value", "low", "high", "n", "since"}}."""
    newest: dict[int, dict[str, Any]] = {}
    for one in NowMeasure.objects.filter(version__model=model).order_by("at", "pk"):
        wrong = (one.body["together"].get("challenger") or {}).get("wrong")
        newest[one.version_id] = (
            {
                **{end: 100 * value for end, value in wrong.items()},
                "n": one.body["together"]["labelled"],
                "since": datetime.fromisoformat(one.body["since"]),
            }
            if wrong
            else {}
        )
    return newest
