"""What was worked out about an alert is kept with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from mlops_portal.foundation.shell.live import changed
from monitoring.models import Alert


def alert_where_write(*, alert: Alert, where: dict[str, Any], evidence: dict[str, Any]) -> None:
    """Keep where the drift comes from and whether readings still fit one another, as it was worked out of the
    windows so far; no state, so no event."""
    with transaction.atomic():
        if Alert.objects.filter(pk=alert.pk).update(where=where, evidence=evidence):
            changed(f"alert:{alert.pk}")


def alert_two_sample_write(*, alert: Alert, together: dict[str, Any]) -> None:
    """Keep how fresh parts compare, as it was worked out so far; no state, so no event."""
    with transaction.atomic():
        if Alert.objects.filter(pk=alert.pk).update(together=together):
            changed(f"alert:{alert.pk}")
