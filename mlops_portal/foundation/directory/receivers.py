"""An event about people or places: wake the pages that show them. Losing it loses nothing."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.signals import event_recorded
from mlops_portal.foundation.shell.live import changed

PEOPLE = ("role", "person", "invitation", "skill", "token")


@receiver(event_recorded, dispatch_uid="directory.wake_pages")
def wake_pages(event: Event, **kwargs: Any) -> None:
    room, _, rest = event.type.partition(".")
    if room == "plant":
        changed("people" if rest.partition(".")[0] in PEOPLE else "plant")
