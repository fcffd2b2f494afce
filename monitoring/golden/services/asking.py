"""A change of the golden set that waits for a second person."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.live import changed
from monitoring.errors import ChangeDecided
from monitoring.models import GoldenChange, GoldenSample
from monitoring.transitions import ChangeVerb


def change_asked(*, person: Person, sample: GoldenSample, verb: ChangeVerb, reason: str = "") -> GoldenChange:
    """Inside the caller's check of the right. ChangeDecided where another change of the part waits."""
    try:
        with transaction.atomic():
            change = GoldenChange.objects.create(
                sample=sample, verb=verb, reason=reason, asked_by=person, asked_at=timezone.now()
            )
            change_told(change, person.actor, "asked")
    except IntegrityError:
        raise ChangeDecided(
            _("A change of %(code)s waits for a second person already.") % {"code": sample.code}
        ) from None
    return change


def change_told(change: GoldenChange, actor: Actor, verb: str, **public: Any) -> None:
    sample = change.sample
    event_record(
        type=f"monitoring.golden_change.{verb}",
        actor=actor,
        subjects=[sample.ref(), sample.model.ref("of"), change.asked_by.ref("asked_by")],
        public={
            "code": sample.code, "name": sample.model.name, "verb": ChangeVerb(change.verb).value,
            "reason": change.reason, **public,
        },
    )  # fmt: skip
    changed("golden")
