"""The golden set of a model as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.live import changed
from monitoring.models import GoldenChange, GoldenProposal, GoldenSample


def proposal_open(*, model: RegisteredModel, part: str, readings: Mapping[str, float | None]) -> None:
    """Keep a part out of every training until a person has said whether it is a golden sample. Whoever
    proposes it writes the event."""
    GoldenProposal.objects.create(model=model, part=part, readings=dict(readings), at=timezone.now())


def proposal_end(*, model: RegisteredModel, part: str) -> None:
    """Somebody has decided about the part; as a golden sample it is kept out as such."""
    GoldenProposal.objects.filter(model=model, part=part, ended_at=None).update(ended_at=timezone.now())


def golden_set_retire(*, actor: Actor, model: RegisteredModel) -> int:
    """Retire all golden samples of a model that is taken back; how many."""
    now = timezone.now()
    with transaction.atomic():
        samples = list(GoldenSample.objects.filter(model=model, retired_at=None).select_related("judged_by"))
        for sample in samples:
            sample.retired_at = now
            event_record(
                type="monitoring.golden.retired",
                actor=actor,
                subjects=[sample.ref(), model.ref("of"), sample.judged_by.ref("judged_by")],
                public={
                    "code": sample.code,
                    "name": model.name,
                    "truth": sample.truth,
                    "tolerance": sample.tolerance,
                    "safety": sample.safety,
                },
                personal={"judge": sample.judged_by.name},
                at=now,
            )
        GoldenSample.objects.bulk_update(samples, ["retired_at"])
        GoldenChange.objects.filter(sample__model=model, agreed=None).update(agreed=False, decided_at=now)
        GoldenProposal.objects.filter(model=model, ended_at=None).update(ended_at=now)
        if samples:
            changed("golden")
    return len(samples)
