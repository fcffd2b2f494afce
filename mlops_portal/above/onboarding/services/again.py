"""Work that a worker lost, or that somebody stopped, is asked for once more."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import WrongState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import onboard_verdict
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.transitions import AT_WORK, OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.jobs import enqueue

TASKS = {
    OnboardingState.RECEIVED: "onboarding.read",
    OnboardingState.CHECKING: "onboarding.check",
    OnboardingState.STARTING: "onboarding.take",
}
OVER = (Job.State.FAILED, Job.State.CANCELLED)


def work_again(*, by: Person, onboarding: Onboarding) -> Onboarding:
    """Ask a worker once more for what the onboarding waits for; raises WrongState where one is at it."""
    demand(onboard_verdict(by, onboarding))
    state = OnboardingState(onboarding.state)
    if state not in AT_WORK or (onboarding.job is not None and onboarding.job.state not in OVER):
        raise WrongState(_("A worker is at it, or there is nothing to do again; load the page again."))
    with transaction.atomic():
        claim(onboarding, state, state)
        told("onboarding.again", onboarding, actor=by.actor, step=state.value)
        title = _("%(step)s: %(name)s") % {"step": state.label, "name": onboarding.name}
        job = enqueue(TASKS[state], by=by, title=title, job=True, onboarding_id=str(onboarding.pk))
        Onboarding.objects.filter(pk=onboarding.pk).update(job=job)
    onboarding.job = job
    return onboarding
