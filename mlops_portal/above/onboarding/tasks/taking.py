"""Making a model of a table that a person agreed to."""

from __future__ import annotations

from typing import Any

import numpy as np
from celery import shared_task
from django.urls import reverse
from django.utils.translation import gettext as _
from structlog import get_logger

from explain.compute import blocks
from mlops_portal.above.onboarding.compute.build import Built, build
from mlops_portal.above.onboarding.compute.proposals import drawn
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import machine_of
from mlops_portal.above.onboarding.services.taking import onboarding_take, taking_stopped
from mlops_portal.above.onboarding.tasks.frames import Progress, frame_of, schema_of
from mlops_portal.above.onboarding.tasks.reading import fault
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.registry.compute import edge_model
from mlops_portal.foundation.registry.compute.datasets import encode
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.shell.work.jobs import JobCancelled
from mlops_portal.foundation.wire.categories import text_of
from mlops_portal.foundation.wire.errors import PortalError

log = get_logger(__name__)
PER_CLASS = 3
WIDE = 30  # readings: more of them are explained by groups


@shared_task(name="onboarding.take")
def take(onboarding_id: str, job_id: str) -> None:
    with jobs.running(job_id) as job:
        if job is not None:
            job.result_url = reverse("onboarding", args=[onboarding_id])
            take_do(onboarding_id, progress=job.step)


def take_do(
    onboarding_id: str, *, here: bool = False, progress: Progress | None = None, per_class: int = PER_CLASS
) -> None:
    """Make the model and start its training, once; whatever goes wrong leaves nothing of it behind.

    Up to ``per_class`` parts of each class are proposed as golden samples, and kept out of every training.
    """
    onboarding = Onboarding.objects.select_related("asset_type", "model", "by", "site").get(pk=onboarding_id)
    if onboarding.state != OnboardingState.STARTING:
        return
    try:
        frame = frame_of(onboarding, schema=schema_of(onboarding), progress=progress)
        built = build(frame, onboarding.schema["columns"], onboarding.plan, machine=machine_of(onboarding))
        data = encode(
            columns=built.columns, label=built.label, part=built.part, asset=built.asset, at=built.at
        )
        onboarding_take(
            onboarding=onboarding,
            data=data,
            rows=len(built),
            ordered=built.ordered,
            features=grouped(built),
            proposals=proposed(built, per_class),
            here=here,
        )
    except JobCancelled:
        taking_stopped(onboarding=onboarding, sentence=_("It was stopped; nothing was stored."))
        raise
    except PortalError as error:
        taking_stopped(onboarding=onboarding, sentence=error.sentence)
        return
    except Exception:  # as in reading
        log.exception("table_not_taken", onboarding=onboarding_id)
        taking_stopped(onboarding=onboarding, sentence=fault())


def proposed(built: Built, per_class: int) -> list[dict[str, Any]]:
    """Parts that may become golden samples: [{"part", "truth", "borderline", "readings" as a source sends
    them, "codes" as a model reads them}]."""
    keys = [one["key"] for one in built.features]
    words = [one.get("categories") or [] for one in built.features]
    readings = edge_model.as_read(np.column_stack([built.columns[key] for key in keys]))
    golden = drawn(
        readings=readings,
        label=built.label,
        part=built.part,
        categories=[bool(one) for one in words],
        per_class=per_class,
    )
    return [
        {
            "part": built.part[one.row],
            "truth": built.label[one.row],
            "borderline": one.borderline,
            "readings": {
                key: _said(built.columns[key][one.row], known) for key, known in zip(keys, words, strict=True)
            },
            "codes": {key: _said(built.columns[key][one.row], []) for key in keys},
        }
        for one in golden
    ]


def _said(value: float, categories: list[str]) -> float | str | None:
    """A reading as a source sends it: a category as its word."""
    if categories:
        return text_of(float(value), categories)
    return float(value) if np.isfinite(value) else None


def grouped(built: Built) -> list[dict[str, Any]]:
    """The readings of a wide table, each with a group by its name or by what it moves with."""
    features = built.features
    if len(features) <= WIDE or any(one.get("group_words") for one in features):
        return features
    keys = [one["key"] for one in features]
    group = blocks.groups(keys, np.column_stack([built.columns[key] for key in keys]))
    return [
        {**one, "group_words": {"en": name}}
        for one, name in zip(features, blocks.names(keys, group), strict=True)
    ]
