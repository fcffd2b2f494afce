"""What a model may decide alone, as a person promises it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.models import AskZone, RegisteredModel
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import sites_of
from mlops_portal.foundation.wire.errors import Invalid

LEAST_WRONG, MOST_WRONG = 0.001, 0.5
LEAST_CERTAIN, MOST_CERTAIN = 0.5, 0.999


def ask_zone_set(
    *, by: Person, model: RegisteredModel, wrong_share: float, certainty: float, reason: str
) -> None:
    """Promise it for the versions that are trained from now on; those that run keep what was proven for them.

    The same promise again changes nothing. Raises Invalid for shares that nobody can mean.
    """
    demand(sites_verdict(by, "ask_zone.set", sites_of(model.asset_type)))
    if not LEAST_WRONG <= wrong_share <= MOST_WRONG:
        raise Invalid(
            _("Of the parts that the model decides alone, allow 0.1 % to 50 % to be wrong."),
            pointer="/wrong_share",
        )
    if not LEAST_CERTAIN <= certainty <= MOST_CERTAIN:
        raise Invalid(_("Ask for a certainty of 50 % to 99.9 %."), pointer="/certainty")
    _demand_reason(reason)
    with transaction.atomic():
        row, made = AskZone.objects.select_for_update().get_or_create(
            model=model, defaults={"wrong_share": wrong_share, "certainty": certainty}
        )
        if not made and (row.wrong_share, row.certainty) == (wrong_share, certainty):
            return
        AskZone.objects.filter(pk=row.pk).update(wrong_share=wrong_share, certainty=certainty)
        event_record(
            type="registry.ask_zone.set",
            actor=by.actor,
            subjects=[model.ref()],
            public={
                "name": model.name,
                "percent": _percent(wrong_share),
                "certainty": _percent(certainty),
                "before": "" if made else f"{_percent(row.wrong_share)} / {_percent(row.certainty)}",
                "reason": reason.strip(),
            },
        )


def ask_zone_end(*, by: Person, model: RegisteredModel, reason: str) -> None:
    """Promise nothing any more: versions trained from now on decide everything alone. Nothing, where nothing
    was promised."""
    demand(sites_verdict(by, "ask_zone.set", sites_of(model.asset_type)))
    _demand_reason(reason)
    with transaction.atomic():
        if not AskZone.objects.filter(model=model).delete()[0]:
            return
        event_record(
            type="registry.ask_zone.ended",
            actor=by.actor,
            subjects=[model.ref()],
            public={"name": model.name, "reason": reason.strip()},
        )


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Say why; the log keeps the reason."), pointer="/reason")


def _percent(share: float) -> str:
    return f"{100 * share:.4g}"
