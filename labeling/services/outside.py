"""What became of versions that somebody registered in the MLflow server."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.people import people_who_may
from mlops_portal.foundation.registry.models import ModelVersion, OutsideVersion, RegisteredModel
from mlops_portal.foundation.shell.notices.notifications import notify


@dataclass(frozen=True, slots=True)
class Met:
    """One version in the MLflow server; ``created_ms`` since 1970."""

    model: RegisteredModel
    number: str
    run_id: str
    created_ms: int


def outside_taken(*, met: Met, version: ModelVersion) -> bool:
    """It became a candidate; False where this was written before."""
    try:
        with transaction.atomic():
            _written(met, OutsideVersion.State.TAKEN, version=version)
            notify(
                to=_told(),
                kind="version.outside",
                message=gettext_noop("{model} version {number} came from MLflow and waits for approval."),
                url=reverse("candidate", args=[met.model.slug, version.number]),
                model=met.model.name,
                number=version.number,
            )
    except IntegrityError:
        return False
    return True


def outside_refused(*, met: Met, reason: str) -> bool:
    """It cannot be taken: the log keeps why, and people are told once. False where it was written before."""
    name, reason = met.model.name, reason[:400]
    try:
        with transaction.atomic():
            _written(met, OutsideVersion.State.REFUSED, reason=reason)
            event_record(
                type="labeling.version.refused",
                actor=SYSTEM,
                subjects=[met.model.ref()],
                public={"name": name, "file": f"{met.model.slug}/{met.number}", "reason": reason},
            )
            notify(
                to=_told(),
                kind="version.outside",
                message=gettext_noop("A version of {model} from MLflow was refused: {reason}"),
                url=reverse("candidates"),
                model=name,
                reason=reason,
            )
    except IntegrityError:
        return False
    return True


def _written(
    met: Met, state: OutsideVersion.State, *, version: ModelVersion | None = None, reason: str = ""
) -> None:
    OutsideVersion.objects.create(
        model=met.model,
        number=met.number,
        run_id=met.run_id[:64],
        created_ms=met.created_ms,
        seen_at=timezone.now(),
        state=state,
        version=version,
        reason=reason,
    )


def _told() -> list[Person]:
    return people_who_may(action="model.onboard")
