"""A person agrees; the model, its table and its first training are made, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from labeling.services.runs import run_propose, run_start
from labeling.transitions import Trigger
from mlops_portal.above.onboarding.errors import Blocked, WrongState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import agree_verdict, onboard_verdict
from mlops_portal.above.onboarding.rules.target import with_ranges
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.services.files import file_drop
from mlops_portal.above.onboarding.services.golden import golden_propose
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.plant.models import AssetType, Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.plant.services.places import asset_type_create
from mlops_portal.foundation.registry.services import dataset_put, model_register
from mlops_portal.foundation.shell.work.jobs import enqueue

S = OnboardingState


def onboarding_agree(*, by: Person, onboarding: Onboarding, here: bool = False) -> Onboarding:
    """Let the model be made of the table and be taught; with ``here`` the caller does it itself.

    Raises Blocked, WrongState.
    """
    demand(onboard_verdict(by, onboarding))
    allowed = agree_verdict(by, onboarding)
    if onboarding.state == S.CHECKED and onboarding.blocking:
        raise Blocked(allowed.reason)
    if onboarding.state != S.CHECKED:
        raise WrongState(allowed.reason)
    demand(allowed)
    with transaction.atomic():
        claim(onboarding, S.CHECKED, S.STARTING, error="", by=by)
        told("onboarding.agreed", onboarding, actor=by.actor, problems=len(onboarding.problems))
        if not here:
            title = _("Store the table for %(name)s") % {"name": onboarding.name}
            job = enqueue("onboarding.take", by=by, title=title, job=True, onboarding_id=str(onboarding.pk))
            Onboarding.objects.filter(pk=onboarding.pk).update(job=job)
            onboarding.job = job
    return onboarding


def _asset_type_for(onboarding: Onboarding, by: Person) -> AssetType:
    """The kind of machine that was named, made where there is none yet."""
    if onboarding.asset_type is not None:
        return onboarding.asset_type
    slug = slugify(onboarding.type_name)[:60] or onboarding.slug
    known = AssetType.objects.filter(slug=slug).first()
    return known or asset_type_create(by=by, name=onboarding.type_name, slug=slug)


def onboarding_take(
    *,
    onboarding: Onboarding,
    data: bytes,
    rows: int,
    ordered: bool,
    features: Sequence[Mapping[str, Any]],
    proposals: Sequence[Mapping[str, Any]] = (),
    here: bool = False,
) -> Onboarding:
    """Register the model with its table in the name of whoever agreed, and start its first training, which
    has none of the parts that are proposed as golden samples."""
    by, plan, old = onboarding.by, onboarding.plan, onboarding.file_path
    with transaction.atomic():
        kind = _asset_type_for(onboarding, by)
        model = model_register(
            by=by,
            slug=onboarding.slug,
            name=onboarding.name,
            asset_type=kind,
            classes=with_ranges(plan),
            features=features,
            window_seconds=int(plan["window_seconds"]),
            template=plan["template"],
        )
        dataset_put(
            by=by,
            model=model,
            data=data,
            rows=rows,
            name=f"{onboarding.slug} {onboarding.file_name}",
            ordered=ordered,
        )
        golden_propose(onboarding=onboarding, model=model, parts=proposals)
        run = run_propose(
            by=by, model=model, trigger=Trigger.MANUAL, reason=f"First version, from {onboarding.file_name}"
        )
        run_start(by=by, run=run, here=here)
        claim(onboarding, S.STARTING, S.TAKEN, model=model, asset_type=kind, run=run, file_path="")
        told("onboarding.taken", onboarding, about=[run.ref("gave")], rows=rows)
        transaction.on_commit(lambda: file_drop(old), robust=True)
    return onboarding


def taking_stopped(*, onboarding: Onboarding, sentence: str) -> None:
    """Nothing was made; the table stays checked."""
    with transaction.atomic():
        claim(onboarding, S.STARTING, S.CHECKED, error=sentence[:400])
        told("onboarding.stopped", onboarding, reason=sentence[:400])
