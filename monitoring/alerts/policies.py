"""What a person may do with an alert, and why not; the buttons and the services both ask here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from monitoring.models import Alert
from monitoring.transitions import WAYS


def alert_verdict(person: Person, alert: Alert, verb: str) -> Verdict:
    """Whether ``person`` may ``verb`` (a key of WAYS) this alert in the state it is in."""
    may_handle = verdict(person, "alert.handle", line=alert.line)
    if not may_handle:
        return may_handle
    if alert.state not in WAYS[verb][0]:
        return Verdict(False, _("This alert is “%(state)s” already.") % {"state": alert.get_state_display()})
    return may_handle
