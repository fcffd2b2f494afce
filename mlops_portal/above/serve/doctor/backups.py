"""How old the newest backup is."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from edge_sync.keys.demo import is_demo
from mlops_portal.above.serve.doctor.finding import Finding, bad, caution, good
from mlops_portal.above.serve.prepare import restore_cut_off
from mlops_portal.foundation.ledger.models import Event

PART = "backup"
DAILY, OLD = timedelta(hours=36), timedelta(days=7)


def look() -> list[Finding]:
    if restore_cut_off():
        return [
            bad(
                PART,
                _("A restore into this folder was cut off."),
                _("Run “manage.py restore” with the same archive again."),
            )
        ]
    last = Event.objects.filter(type="serve.backup.made").order_by("-id").first()
    if last is not None:
        return [_of_age(timezone.now() - last.at)]
    if is_demo():
        return [good(PART, _("The demo plant is not backed up."))]
    return [
        caution(PART, _("No backup was made yet."), _("Run “manage.py backup --out FILE” daily, by a timer."))
    ]


def _of_age(age: timedelta) -> Finding:
    hours = round(age.total_seconds() / 3600)
    says = ngettext(
        "The newest backup is %(hours)d hour old.", "The newest backup is %(hours)d hours old.", hours
    ) % {"hours": hours}
    if age <= DAILY:
        return good(PART, says)
    mend = _("Look at the timer that makes them, and at the disk that they go to.")
    return bad(PART, says, mend) if age > OLD else caution(PART, says, mend)
