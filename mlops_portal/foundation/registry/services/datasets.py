"""Tables of past parts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.models import Dataset, RegisteredModel
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import sites_of
from mlops_portal.foundation.registry.services.artifacts import artifact_put


def dataset_put(
    *, by: Person | None, model: RegisteredModel, data: bytes, rows: int, name: str, ordered: bool = True
) -> Dataset:
    """Keep a table (see ``Dataset`` for its columns) as what the model's next versions build on.

    ``ordered`` is False where the table does not say when its parts were made: then parts are held out by
    chance instead of the newest, and nothing is said of neighbours in time. The same table again changes
    nothing.
    """
    if by is not None:
        demand(sites_verdict(by, "model.register", sites_of(model.asset_type)))
    now = timezone.now()
    with transaction.atomic():
        artifact = artifact_put(data=data, kind="dataset", name=name)
        dataset, made = Dataset.objects.get_or_create(
            model=model,
            artifact=artifact,
            defaults={"rows": rows, "ordered": ordered, "added_by": by, "added_at": now},
        )
        if made:
            event_record(
                type="registry.dataset.added",
                actor=by.actor if by else SYSTEM,
                subjects=[dataset.ref(), model.ref("of")],
                public={"name": model.name, "rows": rows, "ordered": ordered},
                at=now,
            )
    return dataset
