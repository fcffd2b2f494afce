"""Asking for an export of the log, and recording that one was made."""

from __future__ import annotations

from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.selectors.records.export import Scope
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.wire.errors import NotFound


def export_ask(*, by: Person, scope: Scope) -> Job:
    """Let a worker make the export; the job's result is its download page. Raises NotAllowed."""
    guard(by, "log.export")
    with transaction.atomic():
        job = jobs.enqueue(
            "approvals.export",
            by=by,
            title=_("Export of the decision log"),
            job=True,
            language=get_language() or "en",
            scope=scope.told(),
        )
    assert job is not None  # job=True
    return job


def export_open(*, made: Event) -> File[bytes]:
    """The zip of an export. NotFound where a command wrote it elsewhere, or where it was removed."""
    try:
        return default_storage.open(export_path(made.data["digest"]))
    except FileNotFoundError:
        raise NotFound(_("This export was not kept here; make it again.")) from None


def export_name(*, made: Event) -> str:
    """What the file is called when it is downloaded."""
    return f"decision-log-{made.at:%Y-%m-%d}-{made.data['digest'][:12]}.zip"


def export_path(digest: str) -> str:
    """Where an export lies in the storage."""
    return f"exports/{digest[:2]}/{digest}.zip"


def export_record(*, actor: Actor, scope: Scope, made: Path, digest: str, events: int) -> None:
    """Keep the file ``made`` under its digest and record who took what out of the portal."""
    path = export_path(digest)
    if not default_storage.exists(path):
        with made.open("rb") as file:
            default_storage.save(path, File(file))
    export_told(actor=actor, scope=scope, digest=digest, events=events, size=made.stat().st_size)


def export_told(*, actor: Actor, scope: Scope, digest: str, events: int, size: int) -> None:
    """The event alone: a command leaves the file where it was asked to."""
    with transaction.atomic():
        event_record(
            type="log.exported",
            actor=actor,
            subjects=[Ref("export", digest)],
            public={"digest": digest, "events": events, "size": size, "filter": scope.told()},
        )
