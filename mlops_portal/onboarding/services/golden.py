"""Golden samples of a first version: proposed by a worker, confirmed or refused by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.onboarding.errors import WrongState
from mlops_portal.onboarding.models import Onboarding
from mlops_portal.onboarding.policies import onboard_verdict
from mlops_portal.onboarding.selectors import version_of
from mlops_portal.onboarding.services.base import told
from mlops_portal.onboarding.transitions import OnboardingState
from mlops_portal.plant.models import Person
from mlops_portal.plant.policies import demand
from mlops_portal.shell.jobs import enqueue
from mlops_portal.wire.errors import NotFound
from monitoring.models import GoldenSample
from monitoring.selectors.golden import edit_verdict, next_code
from monitoring.services.golden import golden_add

OPEN, CONFIRMED, REFUSED = "open", "confirmed", "refused"
TOLERANCE = 0.5


def golden_propose(*, onboarding: Onboarding, parts: Sequence[dict[str, Any]]) -> None:
    """Keep what a worker picked: [{"part", "truth", "confidence", "readings"}], once."""
    with transaction.atomic():
        mine = Onboarding.objects.filter(pk=onboarding.pk, state=OnboardingState.TAKEN, golden__isnull=True)
        kept = [{**one, "state": OPEN, "code": ""} for one in parts]
        if mine.update(golden=kept) != 1:
            return
        onboarding.golden = kept
        told("onboarding.golden.proposed", onboarding, by=None, count=len(parts))


def golden_ask(*, by: Person, onboarding: Onboarding) -> None:
    """Let a worker pick parts, where the message to do so was lost."""
    demand(onboard_verdict(by, onboarding))
    enqueue("onboarding.golden", onboarding_id=str(onboarding.pk))


def golden_confirm(
    *, by: Person, onboarding: Onboarding, place: int, safety: bool = False, judged_by: Person | None = None
) -> GoldenSample:
    """Part number ``place`` of those proposed is a golden sample; its truth is that of whoever confirms it.

    Raises WrongState where somebody was first, NotFound for no such part, and what ``golden_add`` raises.
    """
    model = onboarding.model
    if model is None:
        raise WrongState(_("Golden samples come after the first training."))
    demand(edit_verdict(by, model))
    with transaction.atomic():
        part = _decided(onboarding, place, CONFIRMED)
        sample = golden_add(
            by=by,
            model=model,
            code=next_code(model),
            readings=part["readings"],
            truth=part["truth"],
            tolerance=TOLERANCE,
            safety=safety,
            judged_by=judged_by,
        )
        _write(onboarding, place, code=sample.code)
        told("onboarding.golden.confirmed", onboarding, by=by, about=[sample.ref("made")], part=part["part"])
        version = version_of(onboarding)
        if version is not None:
            enqueue("monitoring.golden_check", version_id=version.pk)
    return sample


def golden_refuse(*, by: Person, onboarding: Onboarding, place: int) -> None:
    """Part number ``place`` is no golden sample."""
    if onboarding.model is None:
        raise WrongState(_("Golden samples come after the first training."))
    demand(edit_verdict(by, onboarding.model))
    with transaction.atomic():
        part = _decided(onboarding, place, REFUSED)
        told("onboarding.golden.refused", onboarding, by=by, part=part["part"])


def _decided(onboarding: Onboarding, place: int, state: str) -> dict[str, Any]:
    """Claim one part: under a lock, because all of them lie in one column."""
    locked = Onboarding.objects.select_for_update(of=("self",)).get(pk=onboarding.pk)
    parts = locked.golden or []
    if not 0 <= place < len(parts):
        raise NotFound(_("No such part was proposed."))
    if parts[place]["state"] != OPEN or locked.state != OnboardingState.TAKEN:
        raise WrongState(
            _("Part %(part)s was decided about before; load the page again.") % {"part": parts[place]["part"]}
        )
    onboarding.golden = parts
    _write(onboarding, place, state=state)
    return dict(parts[place])


def _write(onboarding: Onboarding, place: int, **values: str) -> None:
    parts = onboarding.golden or []
    parts[place] = {**parts[place], **values}
    Onboarding.objects.filter(pk=onboarding.pk).update(golden=parts)
    onboarding.golden = parts
