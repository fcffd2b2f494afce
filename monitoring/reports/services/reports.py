"""Drift reports: asking, storing what a worker found, forgetting old ones.

Asking computes nothing and changes nothing that anybody decides on, so it leaves no event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import NoVersion
from monitoring.models import DriftReport
from monitoring.models.report import ReportState
from monitoring.reports.rules.reports import LOST
from monitoring.reports.selectors.reports import (
    Question,
    newest,
    question_of,
    standing,
    working,
)

KEPT = 200


def drift_report_ask(
    *,
    by: Person,
    asset: Asset,
    version: ModelVersion | None = None,
    span: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    again: bool = False,
) -> tuple[DriftReport, bool]:
    """A report of a machine's readings, and whether a worker has to make it anew.

    ``span`` is day, week or month up to now; else ``since`` to ``until`` (now where not said), in the plant's
    time where without a zone. The stored report answers while it stands, unless it is wanted ``again``; one
    that is being worked out answers always. Raises NotASpan, NoVersion.
    """
    guard(by, "alert.view", line=asset.line)
    now = timezone.now()
    judging = version or champion_for(asset)
    if judging is None:
        raise NoVersion(_("No version runs on %(asset)s; name the one that is meant.") % {"asset": asset})
    if judging.model.asset_type_id != asset.type_id:
        raise NoVersion(
            _("%(version)s is not for machines like %(asset)s.") % {"version": judging, "asset": asset}
        )
    asked = question_of(span=span, since=_aware(since, asset), until=_aware(until, asset), now=now)
    last = newest(asset, judging, asked.key)
    if last is not None and (working(last, now) or (not again and standing(last, now))):
        return last, False
    try:
        return _create(by, asset, judging, asked, now), True
    except IntegrityError:  # somebody asked the same at the same moment
        return DriftReport.objects.filter(asset=asset, version=judging, question=asked.key).latest(
            "pk"
        ), False


def _aware(moment: datetime | None, asset: Asset) -> datetime | None:
    if moment is None or timezone.is_aware(moment):
        return moment
    return timezone.make_aware(moment, ZoneInfo(asset.line.site.time_zone))


def _create(by: Person, asset: Asset, version: ModelVersion, asked: Question, now: datetime) -> DriftReport:
    with transaction.atomic():
        lost = DriftReport.objects.filter(
            asset=asset, version=version, question=asked.key, asked_at__lte=now - LOST
        )
        lost.filter(state=ReportState.ASKED).update(
            state=ReportState.FAILED, problem=_("It was not worked out in time; ask again.")
        )
        report = DriftReport.objects.create(
            asset=asset,
            version=version,
            question=asked.key,
            since=asked.since,
            until=asked.until,
            asked_by=by,
            asked_at=now,
        )
        report.job = enqueue(
            "monitoring.drift_report",
            by=by,
            title=_("Drift report of %(asset)s") % {"asset": asset},
            job=True,
            report_id=report.pk,
        )
        report.save(update_fields=["job"])
    return report


def drift_report_store(*, report: DriftReport, body: Mapping[str, Any]) -> bool:
    """Keep what a worker found; False where the report was over before."""
    with transaction.atomic():
        mine = DriftReport.objects.filter(pk=report.pk, state=ReportState.ASKED)
        done = mine.update(state=ReportState.MADE, body=dict(body), made_at=timezone.now()) == 1
        changed(report.topic)
    return done


def drift_report_fail(*, report: DriftReport, sentence: str) -> None:
    """End a report with what a person can do about it; one that is over stays as it is."""
    with transaction.atomic():
        mine = DriftReport.objects.filter(pk=report.pk, state=ReportState.ASKED)
        mine.update(state=ReportState.FAILED, problem=sentence[:400])
        changed(report.topic)


def drift_report_give_up(*, job: Job, sentence: str) -> None:
    """Its job lost its worker too often."""
    if (report := DriftReport.objects.filter(pk=job.kwargs["report_id"]).first()) is not None:
        drift_report_fail(report=report, sentence=sentence)


def drift_reports_drop(*, keep: int = KEPT) -> int:
    """Forget all but the newest ``keep`` reports; how many went."""
    oldest = DriftReport.objects.order_by("-pk").values_list("pk", flat=True)[keep - 1 : keep].first()
    return DriftReport.objects.filter(pk__lt=oldest).delete()[0] if oldest is not None else 0
