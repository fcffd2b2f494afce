"""What a person may do with golden parts on a machine, and why not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from monitoring.models import GoldenChange, GoldenPlan, GoldenRound
from monitoring.models.golden import RoundState

OPEN = (RoundState.DUE, RoundState.RUNNING)


def round_verdict(person: Person, one: GoldenRound) -> Verdict:
    """Whether ``person`` may begin it, or say what the station said."""
    may = verdict(person, "golden.run", line=one.asset.line)
    if may and one.state not in OPEN:
        return Verdict(False, _("These golden parts are “%(state)s”.") % {"state": one.get_state_display()})
    return may


def change_verdict(person: Person, change: GoldenChange, may_edit: Verdict) -> Verdict:
    """Whether ``person`` may agree to a change of the set, or refuse it: never one's own."""
    if may_edit and change.asked_by_id == person.pk:
        return Verdict(False, _("Nobody agrees to a change of their own; a second person does."))
    return may_edit


def alone_verdict(
    person: Person, plan: GoldenPlan | None, may_edit: Verdict, *, second_person: bool
) -> Verdict:
    """Whether ``person`` may set the plan: who asked for a second person does not drop that alone."""
    dropped = plan is not None and plan.second_person and not second_person
    if may_edit and dropped and plan is not None and plan.set_by_id == person.pk:
        return Verdict(
            False,
            _("You asked for a second person; so somebody else drops that."),
        )
    return may_edit
