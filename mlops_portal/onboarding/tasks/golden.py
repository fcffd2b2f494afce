"""Picking parts that may become golden samples, once the first version stands."""

from __future__ import annotations

from typing import Any

import numpy as np
from celery import shared_task

from labeling.transitions import RunState
from mlops_portal.onboarding.compute.proposals import surest
from mlops_portal.onboarding.models import Onboarding
from mlops_portal.onboarding.selectors import onboardings_all, version_of
from mlops_portal.onboarding.services.golden import golden_propose
from mlops_portal.onboarding.transitions import OnboardingState
from mlops_portal.registry.compute import datasets, edge_model
from mlops_portal.registry.models import Feature
from mlops_portal.registry.selectors import classes_of, dataset_of, features_of, sizes_of
from mlops_portal.registry.services import artifact_read
from mlops_portal.shell.jobs import enqueue
from mlops_portal.wire.categories import text_of

PER_CLASS = 3
SECONDS = 5


@shared_task(name="onboarding.golden")
def pick(onboarding_id: str) -> None:
    """Pick them, or look again soon while the training is under way."""
    onboarding = onboardings_all().filter(pk=onboarding_id).first()
    if onboarding is None or onboarding.state != OnboardingState.TAKEN or onboarding.golden is not None:
        return
    if onboarding.run is not None and onboarding.run.state == RunState.STARTED:
        enqueue("onboarding.golden", after=SECONDS, onboarding_id=onboarding_id)
        return
    pick_do(onboarding)


@shared_task(name="onboarding.follow")
def follow() -> int:
    """What a lost message left behind; run by the scheduler."""
    found = onboardings_all().filter(
        state=OnboardingState.TAKEN, golden__isnull=True, run__state=RunState.CANDIDATE
    )
    return sum(pick_do(one) for one in found[:10])


def pick_do(onboarding: Onboarding, *, per_class: int = PER_CLASS) -> int:
    """Propose parts of which the candidate is surest; how many."""
    version = version_of(onboarding)
    if version is None:
        return 0
    parts = picked(onboarding, per_class=per_class)
    golden_propose(onboarding=onboarding, parts=parts)
    return len(parts)


def picked(onboarding: Onboarding, *, per_class: int) -> list[dict[str, Any]]:
    version = version_of(onboarding)
    assert version is not None
    model = version.model
    features = features_of(model)
    keys = [one.key for one in features]
    table = datasets.decode(artifact_read(dataset_of(model).artifact), keys)
    _labels, sure = edge_model.probabilities(
        artifact_read(version.artifact), edge_model.as_read(table.readings, sizes_of(features))
    )
    names = classes_of(version)
    place = {key: number for number, key in enumerate(names)}
    truth = np.array([place.get(one, -1) for one in table.label], dtype=np.int64)
    rows = surest(
        truth=truth,
        said=np.where(truth >= 0, sure.argmax(1), -2),
        confidence=sure.max(1),
        part=table.part,
        per_class=per_class,
    )
    return [
        {
            "part": table.part[row],
            "truth": table.label[row],
            "confidence": round(float(sure[row].max()), 4),
            "readings": {
                one.key: _said(one, float(value))
                for one, value in zip(features, table.readings[row], strict=True)
            },
        }
        for row in rows
    ]


def _said(feature: Feature, value: float) -> float | str | None:
    """A reading as a source sends it: a category as its word."""
    if feature.categories:
        return text_of(value, feature.categories)
    return None if np.isnan(value) else value
