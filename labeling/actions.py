"""What can be done with retrain runs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.models import RetrainRun
from labeling.transitions import RunState
from mlops_portal.plant.models import Person
from mlops_portal.plant.policies import verdict
from mlops_portal.shell import actions
from mlops_portal.shell.actions import Offer


def run_offers(by: Person, run: RetrainRun) -> list[Offer]:
    found = verdict(by, "run.start")
    offers = []
    if run.state == RunState.PROPOSED:
        offers.append(
            Offer(
                "start",
                _("Start it"),
                reverse("run_start", args=[run.pk]),
                allowed=bool(found),
                reason=found.reason,
                kind="primary",
                icon="play",
            )
        )
    if run.state in (RunState.PROPOSED, RunState.STARTED):
        offers.append(
            Offer(
                "cancel",
                _("Cancel it"),
                reverse("run_cancel", args=[run.pk]),
                allowed=bool(found),
                reason=found.reason,
                icon="stop",
                confirm=_("The step at work finishes, and nothing follows it. What was done is kept."),
            )
        )
    return offers


def register_run_offers() -> None:
    actions.register(RetrainRun, run_offers)
