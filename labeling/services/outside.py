"""What became of versions that somebody registered in the MLflow server."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.ledger.refs import SYSTEM
from mlops_portal.ledger.services import event_record
from mlops_portal.plant.models import Person
from mlops_portal.plant.selectors.people import people_who_may
from mlops_portal.registry.models import ModelVersion, OutsideVersion, RegisteredModel
from mlops_portal.shell.notifications import notify


def outside_taken(
    *, model: RegisteredModel, number: str, run_id: str, created_ms: int, version: ModelVersion
) -> bool:
    """It became a candidate; False where this was written before."""
    try:
        with transaction.atomic():
            _written(model, number, run_id, created_ms, version=version, state=OutsideVersion.State.TAKEN)
            notify(
                to=_told(),
                kind="version.outside",
                message=gettext_noop("{model} version {number} came from MLflow and waits for approval."),
                url=reverse("candidate", args=[model.slug, version.number]),
                model=model.name,
                number=version.number,
            )
    except IntegrityError:
        return False
    return True


def outside_refused(
    *, model: RegisteredModel, number: str, run_id: str, created_ms: int, reason: str
) -> bool:
    """It cannot be taken: the log keeps why, and people are told once. False where it was written before."""
    try:
        with transaction.atomic():
            _written(
                model, number, run_id, created_ms, reason=reason[:400], state=OutsideVersion.State.REFUSED
            )
            event_record(
                type="labeling.version.refused",
                actor=SYSTEM,
                subjects=[model.ref()],
                public={"name": model.name, "file": f"{model.slug}/{number}", "reason": reason[:400]},
            )
            notify(
                to=_told(),
                kind="version.outside",
                message=gettext_noop("A version of {model} from MLflow was refused: {reason}"),
                url=reverse("candidates"),
                model=model.name,
                reason=reason[:400],
            )
    except IntegrityError:
        return False
    return True


def _written(model: RegisteredModel, number: str, run_id: str, created_ms: int, **more: object) -> None:
    OutsideVersion.objects.create(
        model=model,
        number=number,
        run_id=run_id[:64],
        created_ms=created_ms,
        seen_at=timezone.now(),
        **more,  # type: ignore[misc]  # the fields of the two outcomes
    )


def _told() -> list[Person]:
    return people_who_may(action="model.onboard")
