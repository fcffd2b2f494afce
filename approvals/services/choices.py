"""Choosing among candidates, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.errors import CommentMissing, TargetsUnfit
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.live import changed


def candidate_choose(
    *, by: Person, version: ModelVersion, among: Sequence[ModelVersion], reason: str
) -> None:
    """Record that ``version`` was chosen among candidates of the same model that stood side by side."""
    guard(by, "approval.request")
    if not reason.strip():
        raise CommentMissing(_("Say why you choose this candidate; the log keeps the reason."))
    others = [one for one in among if one.pk != version.pk]
    if not others or any(one.model_id != version.model_id for one in others):
        raise TargetsUnfit(_("Put at least two candidates of one model side by side to choose."))
    with transaction.atomic():
        event_record(
            type="approvals.candidate.chosen",
            actor=by.actor,
            subjects=[
                version.ref("chosen"),
                version.model.ref("of"),
                *[one.ref("not_chosen") for one in others],
            ],
            public={
                "name": version.model.name,
                "number": version.number,
                "among": len(others) + 1,
                "others": sorted(one.number for one in others),
                "reason": reason.strip()[:2000],
            },
        )
        changed("approvals")
