"""What may be done with an onboarding, and why not; buttons and services ask the same functions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.transitions import EDITABLE, OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict


def onboard_verdict(by: Person, onboarding: Onboarding) -> Verdict:
    return verdict(by, "model.onboard", site=onboarding.site)


def edit_verdict(by: Person, onboarding: Onboarding) -> Verdict:
    """Correcting ends where the model was made."""
    if onboarding.state not in EDITABLE:
        return Verdict(False, _("The description of this table cannot be changed at the moment."))
    return onboard_verdict(by, onboarding)


def agree_verdict(by: Person, onboarding: Onboarding) -> Verdict:
    """A table that was checked, and in whose way nothing stands."""
    if onboarding.state != OnboardingState.CHECKED:
        return Verdict(False, _("Let the table be checked first."))
    if onboarding.blocking:
        return Verdict(False, _("Mend what stands in the way first."))
    return onboard_verdict(by, onboarding)
