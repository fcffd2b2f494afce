"""How far each step of the loop runs by itself."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.errors import ReleaseNeverAutomatic
from mlops_portal.foundation.registry.models import AutomationLevel, Level, RegisteredModel, Step
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import sites_of
from mlops_portal.foundation.wire.errors import Invalid


def automation_set(*, by: Person, model: RegisteredModel, step: Step, level: Level, reason: str) -> None:
    """Change one step's level; the event keeps the person and the reason. The same level changes nothing."""
    demand(sites_verdict(by, "automation.set", sites_of(model.asset_type)))
    if step == Step.RELEASE and level == Level.AUTO:
        raise ReleaseNeverAutomatic(
            _("A release never runs by itself: a person approves each. Choose another level.")
        )
    if not reason.strip():
        raise Invalid(_("Say why the level changes; the log keeps the reason."))
    with transaction.atomic():
        row, _made = AutomationLevel.objects.select_for_update().get_or_create(
            model=model, step=step, defaults={"level": Level.MANUAL}
        )
        old = Level(row.level)
        if old == level:
            return
        AutomationLevel.objects.filter(pk=row.pk).update(level=level)
        event_record(
            type="registry.automation.set",
            actor=by.actor,
            subjects=[model.ref()],
            public={
                "name": model.name,
                "step": Step(step).value,
                "old": old.value,
                "new": Level(level).value,
                "reason": reason.strip(),
            },
        )
