"""Golden samples of a table: drawn before the first training, confirmed or refused by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import WrongState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import version_of
from mlops_portal.above.onboarding.services.base import told
from mlops_portal.above.onboarding.transitions import GoldenPartState, OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.golden.selectors.samples import edit_verdict, next_code
from monitoring.golden.services.golden_set import proposal_end, proposal_open
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenSample

TOLERANCE = 0.5
BORDERLINE_TOLERANCE = 0.2
"""A model may doubt a part near the boundary of its class, but must not be sure of the wrong one."""


def golden_propose(
    *, onboarding: Onboarding, model: RegisteredModel, parts: Sequence[Mapping[str, Any]]
) -> None:
    """Keep what was drawn, [{"part", "truth", "borderline", "readings", "codes"}], and keep it out of every
    training until a person has decided about it."""
    proposed = [{**one, "state": GoldenPartState.OPEN, "code": ""} for one in parts]
    for one in proposed:
        proposal_open(model=model, part=str(one["part"]), readings=one.pop("codes"))
    Onboarding.objects.filter(pk=onboarding.pk).update(golden=proposed)
    onboarding.golden = proposed
    told("onboarding.golden.proposed", onboarding, count=len(proposed))


def golden_confirm(
    *,
    by: Person,
    onboarding: Onboarding,
    place: int,
    safety: bool = False,
    borderline: bool | None = None,
    judged_by: Person | None = None,
) -> GoldenSample:
    """Part number ``place`` of those proposed is a golden sample; its truth is that of whoever confirms it,
    and whether it is ``borderline`` too: where nothing is said, as was proposed, except for a safety part.

    Raises WrongState where somebody was first, NotFound for no such part, and what ``golden_add`` raises.
    """
    guard(by, "golden.edit")
    model = onboarding.model
    if model is None:
        raise WrongState(_("Golden samples come after the first training."))
    demand(edit_verdict(by, model))
    with transaction.atomic():
        part = _decided(onboarding, place, GoldenPartState.CONFIRMED)
        sample = golden_add(
            by=by,
            model=model,
            code=next_code(model),
            readings=part["readings"],
            truth=part["truth"],
            tolerance=BORDERLINE_TOLERANCE if part.get("borderline") else TOLERANCE,
            safety=safety,
            borderline=bool(part.get("borderline")) and not safety if borderline is None else borderline,
            judged_by=judged_by,
            part=part["part"],
        )
        proposal_end(model=model, part=part["part"])
        _write(onboarding, place, code=sample.code)
        told(
            "onboarding.golden.confirmed",
            onboarding,
            actor=by.actor,
            about=[sample.ref("made")],
            part=part["part"],
        )
        version = version_of(onboarding)
        if version is not None:
            enqueue("labeling.golden_check", version_id=version.pk)
    return sample


def golden_refuse(*, by: Person, onboarding: Onboarding, place: int) -> None:
    """Part number ``place`` is no golden sample."""
    guard(by, "golden.edit")
    if onboarding.model is None:
        raise WrongState(_("Golden samples come after the first training."))
    demand(edit_verdict(by, onboarding.model))
    with transaction.atomic():
        part = _decided(onboarding, place, GoldenPartState.REFUSED)
        proposal_end(model=onboarding.model, part=part["part"])
        told("onboarding.golden.refused", onboarding, actor=by.actor, part=part["part"])


def _decided(onboarding: Onboarding, place: int, state: str) -> dict[str, Any]:
    """Claim one part: under a lock, because all of them lie in one column."""
    locked = Onboarding.objects.select_for_update(of=("self",)).get(pk=onboarding.pk)
    parts = locked.golden or []
    if not 0 <= place < len(parts):
        raise NotFound(_("No such part was proposed."))
    if parts[place]["state"] != GoldenPartState.OPEN or locked.state != OnboardingState.TAKEN:
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
