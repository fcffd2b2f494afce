"""Drift reports: what may be asked, what was asked, and what is stored of a span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_for
from monitoring.errors import NotASpan
from monitoring.models import DriftReport, Rollup, Window
from monitoring.models.report import ReportState
from monitoring.reports.rules import reports
from monitoring.reports.rules.reports import SPANS
from monitoring.reports.selectors.spans import within


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    since: datetime
    until: datetime


def question_of(
    *, span: str = "", since: datetime | None = None, until: datetime | None = None, now: datetime
) -> Question:
    """A span by its name up to now, or from ``since`` to ``until`` (else now). Raises NotASpan."""
    if span and (since or until):
        raise NotASpan(_("Say either a span or from when to when."))
    if span:
        if span not in SPANS:
            raise NotASpan(
                _("“%(span)s” is no span; choose one of %(spans)s.")
                % {"span": span, "spans": ", ".join(SPANS)}
            )
        return Question(span, now - SPANS[span], now)
    if since is None:
        raise NotASpan(_("Say from when the readings are wanted."))
    problem = reports.problem_of(since, until or now, now)
    if until is None and problem == "backwards":
        problem = "ahead"
    if problem:
        words = {
            "backwards": _("The end must lie after the beginning; swap the two times."),
            "long": _("A report covers at most five years; choose a shorter span."),
            "ahead": _("The span begins in the future; nothing was counted there yet."),
        }
        raise NotASpan(words[problem])
    ends = [one.astimezone(UTC).isoformat() if one else "" for one in (since, until)]
    return Question("/".join(ends), since, until or now)


def machines_for(person: Person) -> QuerySet[Asset]:
    """The machines on lines whose alerts the person may see, the retired ones too."""
    lines = lines_for(person=person, action="alert.view")
    return Asset.objects.filter(line__in=lines).select_related("line__site", "type").order_by("line", "name")


def reports_for(person: Person) -> QuerySet[DriftReport]:
    lines = lines_for(person=person, action="alert.view")
    return DriftReport.objects.filter(asset__line__in=lines).select_related(
        "asset__line", "version__model", "job"
    )


def version_named(said: str) -> ModelVersion | None:
    """The version that “model/3” names."""
    slug, _slash, number = said.rpartition("/")
    if not number.isdecimal():
        return None
    versions = ModelVersion.objects.select_related("model").filter(model__slug=slug)
    return versions.filter(number=int(number)).first()


def versions_on(asset: Asset) -> list[ModelVersion]:
    """The version that runs on a machine, then others that have windows there, the newest first."""
    running = champion_for(asset)
    mine = {"asset": asset, "version": OuterRef("pk")}
    judged = Q(Exists(Window.objects.filter(**mine))) | Q(Exists(Rollup.objects.filter(**mine)))
    versions = ModelVersion.objects.filter(judged, model__asset_type=asset.type_id).select_related("model")
    others = [one for one in versions.order_by("-number", "model") if one != running]
    return [running, *others] if running is not None else others


def newest(asset: Asset, version: ModelVersion, question: str, *, made: bool = False) -> DriftReport | None:
    """The newest report of a question; with ``made`` the newest that has a body."""
    mine = DriftReport.objects.filter(asset=asset, version=version, question=question)
    if made:
        mine = mine.filter(state=ReportState.MADE)
    return mine.select_related("asset__line", "version__model", "job").order_by("-pk").first()


def working(report: DriftReport, now: datetime) -> bool:
    """Whether a worker has it, or will."""
    return report.state == ReportState.ASKED and report.asked_at > now - reports.LOST


def standing(report: DriftReport, now: datetime) -> bool:
    """Whether a report that was made is still what a new one would be."""
    if report.state != ReportState.MADE or report.made_at is None:
        return False
    return reports.stands(
        until=report.until,
        asked_at=report.asked_at,
        made_at=report.made_at,
        told=int(report.body.get("n", 0)),
        came=parts_in(report) if report.until < report.asked_at else 0,  # costs a look at every row
        now=now,
    )


def parts_in(report: DriftReport) -> int:
    """The parts that are stored of the report's span now."""
    span = within(report.asset, report.version, report.since, report.until)
    parts = 0
    for table in (Window, Rollup):
        rows = table._default_manager.filter(**span)
        parts += rows.aggregate(whole=Sum("n"))["whole"] or 0
    return parts


def coarser_around(report: DriftReport) -> Rollup | None:
    """The hour, day or month that holds the span's beginning, where that time is kept as such by now."""
    coarser = Rollup.objects.filter(
        asset=report.asset, version=report.version, starts__lt=report.since, ends__gt=report.since
    )
    return coarser.order_by("-starts").first()


def last_window_end(asset: Asset, version: ModelVersion) -> datetime | None:
    """Until when windows of a version on a machine are there."""
    ends = [
        table._default_manager.filter(asset=asset, version=version).aggregate(last=Max("ends"))["last"]
        for table in (Window, Rollup)
    ]
    return max((one for one in ends if one is not None), default=None)
