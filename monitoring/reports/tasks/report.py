"""A drift report of any past span, again from stored counts."""

from __future__ import annotations

from datetime import datetime
from time import perf_counter
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.wire.errors import PortalError
from monitoring.drift.tasks.statistics import alpha_for
from monitoring.models import DriftReport
from monitoring.models.report import ReportState
from monitoring.reports.compute.decoding import summed
from monitoring.reports.compute.report import report
from monitoring.reports.selectors.spans import stored_in
from monitoring.reports.services.reports import drift_report_fail, drift_report_store
from monitoring.rules.encoding import layout_of


def drift_report(*, asset: Asset, version: ModelVersion, since: datetime, until: datetime) -> dict[str, Any]:
    """What the readings of a machine were like in [since, until), beside what the version learned.

    {"asset", "version", "since", "until", "n", "rows", "grains", "moved", "readings": ``compute.report``,
    "counts"}; since and until are what the stored rows cover, None where there is none, and ``grains`` the
    same for windows, hours, days and months ({"grain", "rows", "since", "until"}); ``moved`` readings are
    over a limit; ``counts`` are those of each reading in the bins of the reference. The limits hold for one
    look at the span.
    """
    stored = stored_in(asset=asset, version=version, since=since, until=until)
    learned = version.reference.get("features", {})
    counts, moments = summed(stored.encoded, layout_of(learned))
    covered = (stored.until - stored.since).total_seconds() if stored.since and stored.until else None
    readings = report(
        learned,
        counts,
        moments,
        n=stored.n,
        alpha=alpha_for(asset.line, version, covered),
    )
    return {
        "asset": asset.slug,
        "version": f"{version.model.slug}/{version.number}",
        "since": stored.since.isoformat() if stored.since else None,
        "until": stored.until.isoformat() if stored.until else None,
        "n": stored.n,
        "rows": len(stored.encoded),
        "grains": [
            {
                "grain": one.resolution,
                "rows": one.rows,
                "since": one.since.isoformat(),
                "until": one.until.isoformat(),
            }
            for one in stored.kept
        ],
        "moved": sum(one["times"] is not None and one["times"] > 1 for one in readings),
        "readings": readings,
        "counts": counts,
    }


def body_of(asked: DriftReport) -> dict[str, Any]:
    """``drift_report`` of what was asked, with the "seconds" that it took."""
    began = perf_counter()
    asset, version, since, until = asked.asset, asked.version, asked.since, asked.until
    body = drift_report(asset=asset, version=version, since=since, until=until)
    return body | {"seconds": round(perf_counter() - began, 6)}


@shared_task(name="monitoring.drift_report")
def make(report_id: int, job_id: str) -> None:
    """Work out a report that somebody asked for; a message that comes twice finds it made."""
    with jobs.running(job_id) as job:
        asked = (
            DriftReport.objects.select_related("asset__line", "version__model", "asked_by")
            .filter(pk=report_id, state=ReportState.ASKED)
            .first()
        )
        if asked is None:
            return
        with override(asked.asked_by.language or None):
            if job is None:
                if Job.objects.filter(pk=job_id, state=Job.State.CANCELLED).exists():
                    drift_report_fail(report=asked, sentence=_("It was cancelled before it began."))
                return
            job.result_url = reverse("drift_report", args=[asked.pk])
            _work(asked)


def _work(asked: DriftReport) -> None:
    try:
        drift_report_store(report=asked, body=body_of(asked))
    except PortalError as error:
        drift_report_fail(report=asked, sentence=error.sentence)
        raise
    except Exception:
        sentence = _("It stopped because of a fault in the portal. The fault was recorded; try it again.")
        drift_report_fail(report=asked, sentence=sentence)
        raise
