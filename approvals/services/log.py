"""Reading the log leaves a trace; verifying it leaves its outcome."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.selectors.records.log import read_lately
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.selectors import Report
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs

FAULTS = 20


def log_read(*, by: Person, what: str) -> bool:
    """Record that ``by`` looked at ``what`` (a filter or an event), once an hour; whether it was recorded.

    What was asked for may name somebody, so it is personal; its digest tells two filters apart.
    """
    guard(by, "log.view")
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = sha256(what.encode()).hexdigest()[:16]
    if read_lately(person=str(by.pk), key=key, since=hour):
        return False
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)  # two pages loaded at once are one reading
        if read_lately(person=str(by.pk), key=key, since=hour):
            return False
        event_record(
            type="log.read",
            actor=by.actor,
            subjects=[Ref("log_filter", key, "by")],
            personal={"filter": what or _("everything")},
            at=now,
        )
    return True


def verification_ask(*, by: Person) -> Job:
    """Let a worker recompute the whole log. Raises NotAllowed."""
    guard(by, "log.verify")
    with transaction.atomic():
        job = jobs.enqueue("approvals.verify_log", by=by, title=_("Verification of the log"), job=True)
    assert job is not None  # job=True
    return job


def verification_record(*, actor: Actor, report: Report) -> Event:
    """Record what a verification found; its first faults stand in the event."""
    with transaction.atomic():
        return event_record(
            type="log.verified",
            actor=actor,
            subjects=[Ref("log", report.root[:16] or "empty")],
            public={
                "events": report.events,
                "leaves": report.size,
                "root": report.root,
                "checkpoints": report.checkpoints,
                "erased": report.erased,
                "faults": len(report.faults),
                "first": [fault[:300] for fault in report.faults[:FAULTS]],
            },
        )
