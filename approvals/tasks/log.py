"""The job that recomputes the log; ``manage.py ledger_verify`` runs the same code."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse

from approvals.services.log import verification_record
from approvals.tasks.log_progress import counting
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import log_verify
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs


@shared_task(name="approvals.verify_log")
def verify_log(job_id: str) -> None:
    """Verify everything; the job leads to the event that says what was found."""
    with jobs.running(job_id) as run:
        if run is None:
            return
        with counting(run, total=Event.objects.count()) as counter:
            report = log_verify(step=counter)
        by = Job.objects.select_related("by").get(pk=job_id).by
        event = verification_record(actor=by.actor if by else SYSTEM, report=report)
        run.result_url = reverse("log-event", args=[event.uuid])
