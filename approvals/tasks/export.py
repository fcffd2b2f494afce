"""The job that makes an export."""

from __future__ import annotations

import tempfile
from pathlib import Path

from celery import shared_task
from django.urls import reverse

from approvals.selectors.records.export import scope_of
from approvals.services.export import export_record
from approvals.tasks.export_write import export_write
from approvals.tasks.log_progress import counting
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs


@shared_task(name="approvals.export")
def export(job_id: str, language: str, scope: dict[str, str]) -> None:
    """Make the export that a person asked for; ``scope`` holds ``from``, ``to`` and ``model``."""
    with jobs.running(job_id) as run, tempfile.TemporaryDirectory(prefix="export-") as folder:
        if run is None:
            return
        wanted = scope_of(scope)
        out = Path(folder) / "export.zip"
        with counting(run) as counter:
            made = export_write(wanted, out, language=language, step=counter)
        by = Job.objects.select_related("by").get(pk=job_id).by
        actor = by.actor if by else SYSTEM
        export_record(actor=actor, scope=wanted, made=out, digest=made.digest, events=made.events)
        run.result_url = reverse("log-export", args=[made.digest])
