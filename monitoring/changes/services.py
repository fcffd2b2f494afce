"""What people changed at the machine."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.registries import undo
from monitoring.errors import NotAChange
from monitoring.models import ProcessChange
from monitoring.models.process import ChangeKind

VALUE_LONGEST = 80


def change_record(
    *, by: Person, asset: Asset, kind: str, value: str = "", at: datetime | None = None
) -> tuple[ProcessChange, str]:
    """Record that the tool, lot, sensor or recipe of a machine changed; with the token that undoes it.

    NotAChange for an unknown kind or a value of more than 80 letters.
    """
    guard(by, "change.record", line=asset.line)
    if kind not in ChangeKind.values or len(value) > VALUE_LONGEST:
        raise NotAChange(
            _("A change is of tool, lot, sensor or recipe, and says what it is now in %(most)d letters.")
            % {"most": VALUE_LONGEST}
        )
    moment = at or timezone.now()
    with transaction.atomic():
        change = ProcessChange.objects.create(asset=asset, kind=kind, value=value.strip(), at=moment, by=by)
        _told(change, by, "monitoring.change.recorded")
    return change, undo.token(by=by, name="monitoring.change", change_id=change.pk)


def change_undo(*, by: Person, change_id: int) -> None:
    """Take back a change that one recorded; again changes nothing. The log keeps both."""
    change = ProcessChange.objects.filter(pk=change_id, by=by).select_related("asset__line").first()
    if change is None:
        return
    guard(by, "change.record", line=change.asset.line)
    with transaction.atomic():
        if ProcessChange.objects.filter(pk=change_id).delete()[0]:
            _told(change, by, "monitoring.change.undone")


def _told(change: ProcessChange, by: Person, name: str) -> None:
    event_record(
        type=name,
        actor=by.actor,
        subjects=[change.asset.ref("at"), change.asset.line.ref("on")],
        public={
            "asset": change.asset.name,
            "kind": change.kind,
            "value": change.value,
            "at": change.at.isoformat(),
        },
    )
    changed("changes", f"asset:{change.asset.slug}")
