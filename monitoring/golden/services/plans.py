"""When golden parts are due, and who else must agree to a change of the set."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.live import changed
from monitoring.errors import ChangeDecided, NotAPlan
from monitoring.golden.policies import alone_verdict, change_verdict
from monitoring.golden.selectors.samples import edit_verdict
from monitoring.golden.services.asking import change_told
from monitoring.golden.services.samples import change_apply
from monitoring.models import GoldenChange, GoldenPlan

LEAST, MOST = 5, 480


def golden_plan_set(
    *,
    by: Person,
    model: RegisteredModel,
    at_shift: bool,
    at_changeover: bool,
    minutes: int,
    second_person: bool,
) -> GoldenPlan:
    """Say when golden parts of a model are due on its machines. NotAPlan for minutes that cannot be,
    NotAllowed where who asked for a second person would drop that alone."""
    plan = GoldenPlan.objects.filter(model=model).first()
    demand(alone_verdict(by, plan, edit_verdict(by, model), second_person=second_person))
    if not LEAST <= minutes <= MOST:
        raise NotAPlan(
            _("A round is late after %(least)d to %(most)d minutes.") % {"least": LEAST, "most": MOST}
        )
    values = {
        "at_shift": at_shift,
        "at_changeover": at_changeover,
        "minutes": minutes,
        "second_person": second_person,
    }
    with transaction.atomic():
        made, _new = GoldenPlan.objects.update_or_create(
            model=model, defaults={**values, "set_by": by, "set_at": timezone.now()}
        )
        event_record(
            type="monitoring.golden_plan.set",
            actor=by.actor,
            subjects=[model.ref("of")],
            public={"name": model.name, **values},
        )
        changed("golden")
    return made


def golden_change_decide(*, by: Person, change: GoldenChange, agreed: bool) -> None:
    """A second person agrees to a change of the set, or refuses it. ChangeDecided where somebody was
    first."""
    demand(change_verdict(by, change, edit_verdict(by, change.sample.model)))
    with transaction.atomic():
        mine = GoldenChange.objects.filter(pk=change.pk, agreed=None)
        if mine.update(agreed=agreed, decided_by=by, decided_at=timezone.now()) != 1:
            raise ChangeDecided(_("Somebody decided about this change before; load the page again."))
        change_apply(change=change, person=by, agreed=agreed)
        change_told(change, by.actor, "agreed" if agreed else "refused")
