"""Undoing an onboarding: what was made of it goes out of sight, the log keeps that it was there."""

from __future__ import annotations

from django.db import transaction

from labeling.services.runs import run_cancel
from labeling.transitions import RunState
from mlops_portal.above.onboarding.errors import ApprovalAsked
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import onboard_verdict
from mlops_portal.above.onboarding.selectors import approval_asked, undo_verdict
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.services.files import file_drop
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import model_retire, version_move
from mlops_portal.foundation.registry.transitions import VersionState
from monitoring.golden.services.golden_set import golden_set_retire


def onboarding_undo(*, by: Person, onboarding: Onboarding) -> Onboarding:
    """Take back what came of a table, until an approval was asked for. Raises ApprovalAsked, WrongState."""
    demand(onboard_verdict(by, onboarding))
    if approval_asked(onboarding):
        raise ApprovalAsked(undo_verdict(by, onboarding).reason)
    old = onboarding.file_path
    with transaction.atomic():
        claim(
            onboarding,
            {one for one in OnboardingState if one != OnboardingState.UNDONE},
            OnboardingState.UNDONE,
            file_path="",
        )
        if onboarding.model is not None:
            _take_back(by, onboarding, onboarding.model)
        told("onboarding.undone", onboarding, actor=by.actor)
        transaction.on_commit(lambda: file_drop(old), robust=True)
    return onboarding


def _take_back(by: Person, onboarding: Onboarding, model: RegisteredModel) -> None:
    run = onboarding.run
    if run is not None and run.state in (RunState.PROPOSED, RunState.STARTED):
        run_cancel(by=by, run=run)
    for version in ModelVersion.objects.filter(model=model, state=VersionState.CANDIDATE).select_related(
        "model"
    ):
        version_move(version=version, to=VersionState.WITHDRAWN, actor=by.actor)
    golden_set_retire(actor=by.actor, model=model)
    model_retire(actor=by.actor, model=model)
