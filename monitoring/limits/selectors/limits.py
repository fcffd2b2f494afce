"""Which limits hold, which are due to be worked out, and what was promised against what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import Champion, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.transitions import VersionState
from monitoring.limits.rules.poisson import Rate, rate
from monitoring.limits.selectors.budgets import per_week
from monitoring.models import Alert, Calibration, FalseAlarmBudget, LimitSet, StatisticPoint, Watch
from monitoring.transitions import UNRESOLVED, Cause

WATCHED = (VersionState.CANDIDATE, VersionState.IN_REVIEW, VersionState.APPROVED)
AGAIN = timedelta(days=1)
LOOKED_AT = timedelta(weeks=26)
WEEK = timedelta(weeks=1)


def limits_due() -> list[tuple[ModelVersion, Line]]:
    """The versions and lines whose limits were never worked out, or rest on what changed since: the budget,
    how the model is watched, its calibration, or (once a day) the windows that came."""
    now = timezone.now()
    known = {(one.version_id, one.line_id): one.computed_at for one in LimitSet.objects.all()}
    budgets = dict(FalseAlarmBudget.objects.values_list("line", "set_at"))
    watches = dict(Watch.objects.values_list("model", "set_at"))
    calibrated = dict(Calibration.objects.values_list("version", "made_at"))
    champions = set(Champion.objects.values_list("version", "asset__line"))
    due = []
    for version, line in _pairs():
        at = known.get((version.pk, line.pk))
        moments = [budgets.get(line.pk), watches.get(version.model_id), calibrated.get(version.pk)]
        moments.append(now - AGAIN if (version.pk, line.pk) in champions else None)
        if at is None or any(moment is not None and moment > at for moment in moments):
            due.append((version, line))
    return due


def _pairs() -> Iterator[tuple[ModelVersion, Line]]:
    """Versions that run or may come to run, and the lines with machines of their type."""
    lines: dict[int, list[Line]] = {}
    for asset in Asset.objects.filter(retired_at=None).select_related("line").order_by("line", "pk"):
        here = lines.setdefault(asset.type_id, [])
        if asset.line not in here:
            here.append(asset.line)
    for version in ModelVersion.objects.filter(state__in=WATCHED).select_related("model").order_by("pk"):
        for line in lines.get(version.model.asset_type_id, []):
            yield version, line


@dataclass(frozen=True, slots=True)
class Achieved:
    """What came of a line's promise; ``rate`` counts alerts that a person resolved as false."""

    promised: float
    rate: Rate
    expected: int
    open: int
    since: datetime | None

    @property
    def verdict(self) -> str:
        return self.rate.verdict(self.promised)


def achieved(line: Line, now: datetime | None = None) -> Achieved:
    """False alarms of the last half year, over the time in which the line was judged."""
    moment = now or timezone.now()
    start = moment - LOOKED_AT
    judged = StatisticPoint.objects.filter(asset__line=line, starts__gte=start)
    span = judged.aggregate(first=Min("starts"), last=Max("ends"))
    weeks = (min(span["last"], moment) - span["first"]) / WEEK if span["first"] else 0.0
    counted = Alert.objects.filter(asset__line=line, opened_at__gte=start).aggregate(
        wrong=Count("pk", filter=Q(cause=Cause.FALSE_ALARM)),
        expected=Count("pk", filter=Q(cause=Cause.EXPECTED)),
        open=Count("pk", filter=Q(state__in=UNRESOLVED)),
    )
    return Achieved(
        per_week(line),
        rate(counted["wrong"], max(0.0, weeks)),
        counted["expected"],
        counted["open"],
        span["first"],
    )


def models_on(line: Line) -> list[RegisteredModel]:
    """The models of the types of machines that stand on the line."""
    types = Asset.objects.filter(line=line, retired_at=None).values("type")
    return list(RegisteredModel.objects.filter(asset_type__in=types).select_related("asset_type"))


def limit_lines(person: Person, model: RegisteredModel) -> list[Line]:
    """The lines with machines of the model's type whose alerts the person may see."""
    types = Asset.objects.filter(type=model.asset_type_id, retired_at=None)
    return list(lines_for(person=person, action="alert.view").filter(assets__in=types).distinct())


def limit_set(model: RegisteredModel, line: Line) -> LimitSet | None:
    """The limits of what runs on the line, else of the newest version that may come to run."""
    sets = LimitSet.objects.filter(version__model=model, line=line).select_related("version__model")
    running = Champion.objects.filter(asset__line=line, version__model=model).values("version")
    return sets.filter(version__in=running).order_by("-version__number").first() or (
        sets.filter(version__state__in=WATCHED).order_by("-version__number").first()
    )
