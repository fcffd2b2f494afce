"""Which version an asset runs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mlops_portal.foundation.ledger.refs import SYSTEM, Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Champion, ModelVersion


def champion_set(
    *,
    asset: Asset,
    version: ModelVersion,
    number: int,
    at: datetime | None = None,
    actor: Actor = SYSTEM,
) -> bool:
    """The node of ``asset`` confirmed ``version`` under release ``number``; False for an older report."""
    since = at or timezone.now()
    values = {"version": version, "number": number, "since": since}
    with transaction.atomic():
        _row, made = Champion.objects.get_or_create(asset=asset, defaults=values)
        if not made and not Champion.objects.filter(asset=asset, number__lt=number).update(**values):
            return False
        event_record(
            type="registry.champion.set",
            actor=actor,
            subjects=[asset.ref("at"), version.ref(), asset.line.ref("on")],
            public={
                "asset": asset.name,
                "name": version.model.name,
                "number": version.number,
                "release": number,
            },
        )
    return True
