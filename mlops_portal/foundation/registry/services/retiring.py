"""Taking a model back that never ran."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.registry.errors import StillRuns, WrongState
from mlops_portal.foundation.registry.models import Champion, RegisteredModel


def model_retire(*, actor: Actor, model: RegisteredModel) -> None:
    """Take a model out of sight; its versions, tables and events stay.

    Raises StillRuns where a machine runs a version of it, WrongState
    where somebody was first.
    """
    now = timezone.now()
    with transaction.atomic():
        if Champion.objects.filter(version__model=model).exists():
            raise StillRuns(_("A machine runs %(model)s; it cannot be taken back.") % {"model": model})
        if RegisteredModel.objects.filter(pk=model.pk, retired_at=None).update(retired_at=now) != 1:
            raise WrongState(_("%(model)s was taken back before.") % {"model": model})
        event_record(
            type="registry.model.retired",
            actor=actor,
            subjects=[model.ref()],
            public={"name": model.name},
            at=now,
        )
