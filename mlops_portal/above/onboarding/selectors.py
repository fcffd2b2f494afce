"""All reads of onboardings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from labeling.transitions import RunState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import onboard_verdict
from mlops_portal.above.onboarding.transitions import GoldenPartState, OnboardingState
from mlops_portal.foundation.plant.models import Asset, AssetType, Person, Site
from mlops_portal.foundation.plant.policies import Verdict
from mlops_portal.foundation.plant.selectors.places import sites_for
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire.errors import NotFound

S = OnboardingState


def onboardings_all() -> QuerySet[Onboarding]:
    return Onboarding.objects.select_related(
        "site", "asset_type", "model", "run__candidate__model", "run__candidate__artifact", "job", "by"
    )


def onboardings_for(person: Person) -> QuerySet[Onboarding]:
    """Those of the sites where the person may onboard, or confirm golden samples of what came of them."""
    mine = Q(site__in=sites_for(person=person, action="model.onboard"))
    golden = Q(site__in=sites_for(person=person, action="golden.edit"), state=S.TAKEN)
    return onboardings_all().filter(mine | golden)


def onboarding_of(person: Person, pk: Any) -> Onboarding:
    """Raises NotFound where there is none that the person may see."""
    onboarding = onboardings_for(person).filter(pk=pk).first()
    if onboarding is None:
        raise NotFound(_("There is no such onboarding, or none that you may see."))
    return onboarding


def open_for(person: Person) -> QuerySet[Onboarding]:
    """Those that wait for somebody: neither undone, nor with an approval asked for."""
    asked = ApprovalRequest.objects.values("version__model")
    waiting = onboardings_for(person).filter(site__in=sites_for(person=person, action="model.onboard"))
    return waiting.exclude(state=S.UNDONE).exclude(model__in=asked)


def sites_to_onboard(person: Person) -> list[Site]:
    return list(sites_for(person=person, action="model.onboard"))


def machine_of(onboarding: Onboarding) -> str:
    """The machine to which rows belong that name none: the first of the type, else the type itself."""
    kind = onboarding.asset_type
    if kind is None:
        return onboarding.slug
    first = Asset.objects.filter(type=kind, retired_at=None).order_by("pk").first()
    return first.slug if first else kind.slug


def asset_types_all() -> QuerySet[AssetType]:
    return AssetType.objects.order_by("name")


def version_of(onboarding: Onboarding) -> ModelVersion | None:
    return onboarding.run.candidate if onboarding.run is not None else None


def approval_asked(onboarding: Onboarding) -> bool:
    """Whether somebody asked to approve a version of the model that came of it."""
    if onboarding.model_id is None:
        return False
    return ApprovalRequest.objects.filter(version__model=onboarding.model_id).exists()


def undo_verdict(by: Person, onboarding: Onboarding) -> Verdict:
    """Everything can be undone until an approval was asked for."""
    if onboarding.state == S.UNDONE:
        return Verdict(False, _("This onboarding was undone before."))
    if approval_asked(onboarding):
        return Verdict(False, _("An approval was asked for; withdraw the version on its own page instead."))
    return onboard_verdict(by, onboarding)


STEPS = ("table", "target", "problems", "training", "golden", "version")


def step_of(onboarding: Onboarding) -> str:
    """The step at which it stands; the first is the upload, which is over."""
    if onboarding.state in (S.RECEIVED, S.UNREADABLE, S.DRAFT):
        return "table"
    if onboarding.state in (S.CHECKING, S.CHECKED, S.STARTING):
        return "problems"
    if onboarding.run is None or onboarding.run.state != RunState.CANDIDATE:
        return "training"
    if onboarding.golden is None or any(one["state"] == GoldenPartState.OPEN for one in onboarding.golden):
        return "golden"
    return "version"


def reachable(onboarding: Onboarding) -> tuple[str, ...]:
    """The steps whose pages have something to show now."""
    if onboarding.state in (S.RECEIVED, S.UNREADABLE, S.UNDONE):
        return ("table",)
    place = STEPS.index(step_of(onboarding))
    if step_of(onboarding) == "golden":
        place += 1  # nobody must pick golden samples before they look at the version
    return STEPS[: max(place, 1) + 1] if onboarding.state != S.DRAFT else ("table", "target")


def import_is_on() -> bool:
    """Whether tables may be brought by a path on the server."""
    return settings.IMPORT_DIR is not None
