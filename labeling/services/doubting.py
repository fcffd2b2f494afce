"""“This reason is wrong”: what a person says of a reason of the model, after their own answer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Label, ReasonDoubt
from labeling.selectors.afterwards import reasons_of
from labeling.services.answering import about
from labeling.services.leasing import topic
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, demand, guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire.errors import NotFound


def reason_doubt(*, by: Person, label: Label, feature: str) -> None:
    """Record it once. NotFound for what was no reason that the person was shown; NotAllowed for another's."""
    guard(by, "label.answer", line=label.request.line)
    if label.person_id != by.pk:
        demand(Verdict(False, _("Only the person who answered says so.")))
    shown = next((one for one in reasons_of(label) if one.feature == feature), None)
    if shown is None:
        raise NotFound(_("The model gave no such reason for this part."))
    now = timezone.now()
    with transaction.atomic():
        _doubt, made = ReasonDoubt.objects.get_or_create(label=label, feature=feature, defaults={"at": now})
        if not made:
            return
        event_record(
            type="labeling.reason.doubted",
            actor=by.actor,
            subjects=[label.ref(), *about(label.request)],
            public={"part": label.request.row.prediction.part_id, "reading": feature},
            at=now,
        )
        changed(topic(label.request.line), "labels")
