"""Taking a version that was trained elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from labeling.selectors.foreign import PIPELINE, foreign_known, foreign_verdict
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.models import Artifact, Dataset, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import version_add
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.shell.work.jobs import enqueue


def foreign_register(
    *,
    by: Person | None,
    model: RegisteredModel,
    artifact: Artifact,
    dataset: Dataset,
    reference: Mapping[str, Any],
    measures: Mapping[str, Any],
    parity: Mapping[str, Any],
    parent: ModelVersion | None,
    run_id: str = "",
) -> ModelVersion:
    """Add a foreign file's version as a candidate; ``by`` None: the portal found it by itself.

    ``measures["origin"]`` says where it came from: {"file", "sha256", "contract", "producer", "source"}.
    Nobody here knows which parts it was taught with, so it has no manifest; without a trained model it cannot
    say where it hesitates.
    The same file under the same contract gives the version that it became before; with its classes in
    another order it is another version.
    """
    if by is not None:
        demand(foreign_verdict(by, model))
    origin = measures["origin"]
    with transaction.atomic():
        RegisteredModel.objects.select_for_update().get(
            pk=model.pk
        )  # two workers with one file make one version
        known = foreign_known(model, origin["sha256"], origin["contract"])
        if known is not None:
            return known
        version = version_add(
            trained_by=by,
            model=model,
            artifact=artifact,
            store=None,
            pipeline=PIPELINE,
            manifest_digest="",
            reference=reference,
            measures=measures,
            parity=parity,
            run_id=run_id,
            parent=parent,
        )
        event_record(
            type="labeling.version.imported",
            actor=by.actor if by else SYSTEM,
            subjects=[version.ref(), model.ref("of"), dataset.ref("measured_on")],
            public={
                "name": model.name,
                "number": version.number,
                "file": origin["file"],
                "file_sha256": origin["sha256"],
                "contract": origin["contract"],
                "classes": list(measures["classes"]),
                "source": origin["source"],
            },
        )
        if by is not None:
            notify(
                to=[by],
                kind="run.over",
                message=gettext_noop("{model} version {number} was brought in and is a candidate."),
                url=reverse("candidate", args=[model.slug, version.number]),
                model=model.name,
                number=version.number,
            )
        enqueue("labeling.golden_check", version_id=version.pk)
        changed("runs")
    return version
