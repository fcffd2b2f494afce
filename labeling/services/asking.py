"""Asking the people of a line about parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.models import LabelRequest
from labeling.services.leasing import topic
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.people import people_who_may
from mlops_portal.foundation.registry.models import Level, ModelVersion, Step
from mlops_portal.foundation.registry.selectors import level_of
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from monitoring.models import Alert

MOST = 200
LASTS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Choice:
    """One part to ask about: its row, why, and the probability of being chosen from the pool."""

    row: int
    why: dict[str, Any]
    inclusion_probability: float


def requests_ask(
    *,
    by: Person | None,
    alert: Alert | None,
    version: ModelVersion,
    line: Line,
    count: int,
    by_chance: bool = False,
) -> Job:
    """Let a worker choose ``count`` parts and ask the line about them; the job says how it went.

    ``by_chance``: none that the model would choose, so that they measure it. Without a person the model's
    automation level decides. Raises Invalid for a count that is not 1 to 200.
    """
    if by is not None:
        guard(by, "label.ask", line=line)
    elif level_of(version.model, Step.LABEL) != Level.AUTO:
        raise NotAllowed(_("Asking for labels is not set to run by itself for %(model)s.") % {
            "model": version.model
        })  # fmt: skip
    if not 1 <= count <= MOST:
        raise Invalid(_("Ask about 1 to %(most)d parts at a time.") % {"most": MOST})
    with transaction.atomic():
        job = enqueue(
            "labeling.choose",
            by=by,
            title=_("Choosing %(count)d parts for %(line)s") % {"count": count, "line": line},
            job=True,
            alert=alert.pk if alert else None,
            version=version.pk,
            line=line.pk,
            count=count,
            asked_by=str(by.pk) if by else None,
            by_chance=by_chance,
        )
    assert job is not None  # job=True makes a row
    return job


def requests_add(
    *,
    asked_by: Person | None,
    alert: Alert | None,
    version: ModelVersion,
    line: Line,
    choices: Sequence[Choice],
    job_id: str,
    hit: Sequence[UUID] = (),
) -> list[LabelRequest]:
    """Write the questions and tell the line; a part that somebody asked about meanwhile is left out.

    ``hit``: questions that were asked before for certain, and which this draw by chance hit: from now on they
    count among those that came by chance, and nobody is asked again.
    """
    now = timezone.now()
    with transaction.atomic():
        LabelRequest.objects.bulk_create(
            (
                LabelRequest(
                    row_id=one.row,
                    version=version,
                    line=line,
                    alert=alert,
                    why={**one.why, "batch": job_id},
                    inclusion_probability=one.inclusion_probability,
                    asked_by=asked_by,
                    asked_at=now,
                    expires_at=now + LASTS,
                )
                for one in choices
            ),
            ignore_conflicts=True,
        )
        made = list(LabelRequest.objects.filter(why__batch=job_id, asked_at=now))
        if not made:
            return []
        also = list(LabelRequest.objects.select_for_update().filter(pk__in=hit).order_by("pk"))
        for one in also:
            one.why = {**one.why, "hit": True}
        LabelRequest.objects.bulk_update(also, ["why"])
        event_record(
            type="labeling.requests.asked",
            actor=asked_by.actor if asked_by else SYSTEM,
            subjects=[line.ref("on"), version.ref("asked_by"), *([alert.ref("because_of")] if alert else [])],
            public={
                "line": line.name,
                "count": len(made),
                "random": sum(bool(one.why.get("random")) for one in made),
                "requests": [str(one.pk) for one in made],
                "hit": [str(one.pk) for one in also],
            },
            at=now,
        )
        notify(
            to=people_who_may(action="label.answer", line=line),
            kind="labels.asked",
            message=gettext_noop("{line} is asked about {count} parts"),
            url=reverse("label_line", args=[line.slug]),
            line=line.name,
            count=len(made),
        )
        changed(topic(line), "labels")
    return made
