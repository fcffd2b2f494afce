"""What a person may do with an alert, and why not; the buttons and the services both ask here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.models import Alert
from monitoring.transitions import WAYS


def alert_verdict(person: Person, alert: Alert, verb: str) -> Verdict:
    """Whether ``person`` may ``verb`` (a key of WAYS) this alert in the state it is in."""
    found = verdict(person, "alert.handle", line=alert.line)
    if not found:
        return found
    if alert.state not in WAYS[verb][0]:
        return Verdict(False, _("This alert is “%(state)s” already.") % {"state": alert.get_state_display()})
    return found


def watch_verdict(person: Person, model: RegisteredModel) -> Verdict:
    """Whether ``person`` may set how a model is watched: on every line with a machine of its type."""
    lines = Line.objects.filter(assets__type=model.asset_type_id, assets__retired_at=None).distinct()
    found = [verdict(person, "budget.set", line=line) for line in lines.select_related("site")] or [
        verdict(person, "budget.set")
    ]
    return next((one for one in found if not one), found[0])
