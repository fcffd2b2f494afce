"""A sensor that a person found at fault: what the machine judged meanwhile is in doubt."""

from __future__ import annotations

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.plant.models import Asset
from monitoring.containment.selectors.spans import beginning
from monitoring.containment.services.opening import containment_open
from monitoring.models import Alert, Containment, ProcessChange
from monitoring.models.process import ChangeKind
from monitoring.readings import ReadingWords
from monitoring.transitions import Trigger


def sensor_doubted(*, alert: Alert, asset: Asset, actor: Actor) -> Containment:
    """Inside the caller's transaction. It ends where somebody recorded another sensor since the alert began,
    else with a good golden check."""
    mended = ProcessChange.objects.filter(asset=asset, kind=ChangeKind.SENSOR, at__gt=alert.since)
    until = mended.order_by("-at").values_list("at", flat=True).first()
    reading = alert.feature
    if alert.version is not None:
        reading = ReadingWords(alert.version.model).name(alert.feature)
    elif alert.measure is not None:
        reading = str(alert.measure)
    since = beginning(asset, before=alert.since, alert=alert.since)
    return containment_open(
        actor=actor,
        asset=asset,
        trigger=Trigger.SENSOR,
        key=f"alert/{alert.pk}",
        facts={"reading": reading},
        since=since,
        until=until,
    )
