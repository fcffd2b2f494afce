"""What happened around an alert: its own events, recorded changes, new lots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.selectors.history import events
from mlops_portal.foundation.ledger.types import sentence
from monitoring.models import Alert, ProcessChange

MOST = 40


def story(
    alert: Alert, changes: Sequence[ProcessChange], lots: Sequence[tuple[datetime, str]]
) -> list[dict[str, Any]]:
    """For the timeline, oldest first: {"at", "text", "tone", "tag"}."""
    entries: list[dict[str, Any]] = [
        {"at": event.at, "text": sentence(event), "tone": _tone(event.type), "tag": _("alert")}
        for event in events(subject=("alert", str(alert.pk)))[:MOST]
    ]
    entries += [
        {
            "at": one.at,
            "text": f"{one.get_kind_display()} {one.value}".strip() + (f", {one.by}" if one.by else ""),
            "tone": "change",
            "tag": _("process change"),
        }
        for one in changes
    ]
    entries += [
        {
            "at": at,
            "text": _("First parts of lot %(lot)s") % {"lot": lot},
            "tone": "quiet",
            "tag": _("seen by the node"),
        }
        for at, lot in lots
    ]
    entries.append(
        {"at": alert.since, "text": _("First window over the limit"), "tone": "bad", "tag": _("statistics")}
    )
    return sorted(entries, key=lambda one: one["at"])[-MOST:]


def _tone(name: str) -> str:
    if name.endswith((".opened", ".joined", ".worse", ".leads", ".reopened", ".woken")):
        return "bad"
    return "good" if name.endswith(".resolved") else "info"
