"""Model versions: adding them, moving them through review, and noting where MLflow has them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.errors import NumberRaced, WrongState
from mlops_portal.foundation.registry.models import Artifact, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.transitions import WAYS, VersionState
from mlops_portal.foundation.wire import jcs


def version_add(
    *,
    trained_by: Person | None,
    model: RegisteredModel,
    artifact: Artifact,
    store: Artifact | None,
    pipeline: str,
    manifest_digest: str,
    reference: Mapping[str, Any],
    measures: Mapping[str, Any],
    parity: Mapping[str, Any],
    run_id: str = "",
    parent: ModelVersion | None = None,
) -> ModelVersion:
    """Add the next version as a candidate; ``trained_by`` started its training (None: the portal itself).

    Raises NumberRaced where two were added at the same moment.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            last = ModelVersion.objects.filter(model=model).aggregate(last=Max("number"))["last"] or 0
            version = ModelVersion.objects.create(
                model=model,
                number=last + 1,
                artifact=artifact,
                store=store,
                pipeline=pipeline,
                manifest_digest=manifest_digest,
                reference=dict(reference),
                reference_digest=sha256(jcs.canonical(dict(reference))).hexdigest(),
                measures=dict(measures),
                parity=dict(parity),
                run_id=run_id,
                trained_by=trained_by,
                parent=parent,
                created_at=now,
            )
            event_record(
                type="registry.version.added",
                actor=trained_by.actor if trained_by else SYSTEM,
                subjects=_subjects(version),
                public={
                    "name": model.name,
                    "number": version.number,
                    "artifact": artifact.sha256,
                    "manifest": manifest_digest,
                    "reference": version.reference_digest,
                    "pipeline": pipeline,
                },
                at=now,
            )
    except IntegrityError:
        raise NumberRaced(
            _("Another version of %(model)s was added at the same moment; try again.") % {"model": model}
        ) from None
    return version


def _subjects(version: ModelVersion) -> list[Ref]:
    subjects = [version.ref(), version.model.ref("of"), Ref("artifact", version.artifact_id, "artifact")]
    if version.manifest_digest:
        subjects.append(Ref("manifest", version.manifest_digest, "trained_on"))
    if version.parent is not None:
        subjects.append(version.parent.ref("parent"))
    return subjects


def version_move(*, version: ModelVersion, to: VersionState, actor: Actor) -> ModelVersion:
    """Claim the move of a version to another state; raises WrongState where the table has no such way, or
    where somebody was first."""
    to = VersionState(to)
    old = VersionState(version.state)
    if (old, to) not in WAYS:
        raise WrongState(
            _("%(version)s is “%(old)s” and cannot become “%(new)s”.")
            % {"version": version, "old": old.label, "new": to.label}
        )
    with transaction.atomic():
        if ModelVersion.objects.filter(pk=version.pk, state=old).update(state=to) != 1:
            raise WrongState(
                _("Somebody moved %(version)s first; load the page again.") % {"version": version}
            )
        event_record(
            type="registry.version.moved",
            actor=actor,
            subjects=[version.ref(), version.model.ref("of")],
            public={
                "name": version.model.name,
                "number": version.number,
                "old": old.value,
                "new": to.value,
            },
        )
    version.state = to
    return version


def version_tracked(*, version: ModelVersion, run_id: str) -> None:
    """MLflow has the version now, under this run."""
    ModelVersion.objects.filter(pk=version.pk).update(run_id=run_id)
    version.run_id = run_id
