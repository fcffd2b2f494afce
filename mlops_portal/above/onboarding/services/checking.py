"""Looking for problems before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import SchemaUnfit
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import edit_verdict
from mlops_portal.above.onboarding.rules.column_choices import Role
from mlops_portal.above.onboarding.rules.plain import readings, with_role
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.transitions import EDITABLE, OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.shell.work.jobs import enqueue

S = OnboardingState
MOST_PROBLEMS = 200


def check_ask(*, by: Person, onboarding: Onboarding, here: bool = False) -> Onboarding:
    """Let a worker look through the table as it is described; with ``here`` the caller does it itself.

    Raises SchemaUnfit where no column is the target, or none is a reading.
    """
    demand(edit_verdict(by, onboarding))
    columns = onboarding.schema["columns"]
    if with_role(columns, Role.TARGET) is None:
        raise SchemaUnfit(_("Say which column is the target: what the model is to learn."))
    if not readings(columns):
        raise SchemaUnfit(_("At least one column must be a reading."))
    with transaction.atomic():
        claim(onboarding, EDITABLE, S.CHECKING, error="")
        told("onboarding.check.asked", onboarding, actor=by.actor)
        if not here:
            title = _("Check the table for %(name)s") % {"name": onboarding.name}
            job = enqueue("onboarding.check", by=by, title=title, job=True, onboarding_id=str(onboarding.pk))
            Onboarding.objects.filter(pk=onboarding.pk).update(job=job)
            onboarding.job = job
    return onboarding


def table_checked(*, onboarding: Onboarding, problems: Sequence[Mapping[str, Any]]) -> None:
    """A worker looked: these problems are there, blocking ones first."""
    listed = sorted((dict(one) for one in problems), key=lambda one: not one["blocking"])
    with transaction.atomic():
        claim(onboarding, S.CHECKING, S.CHECKED, problems=listed[:MOST_PROBLEMS])
        told(
            "onboarding.table.checked",
            onboarding,
            problems=len(listed),
            blocking=sum(bool(one["blocking"]) for one in listed),
        )


def check_stopped(*, onboarding: Onboarding, sentence: str) -> None:
    """The check did not come to its end; the description stands as it was."""
    with transaction.atomic():
        claim(onboarding, S.CHECKING, S.DRAFT, error=sentence[:400])
        told("onboarding.stopped", onboarding, reason=sentence[:400])
