"""What can be done with an alert."""

from __future__ import annotations

from typing import Literal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import verdict
from mlops_portal.foundation.shell.registries import actions
from mlops_portal.foundation.shell.registries.actions import Offer
from monitoring.alerts.policies import alert_verdict
from monitoring.models import Alert
from monitoring.transitions import WAYS, AlertState

ICONS = {"take": "person", "acknowledge": "eye", "snooze": "clock", "resolve": "check", "reopen": "undo"}
IN_DIALOG = frozenset({"snooze", "resolve"})


def alert_offers(by: Person, alert: Alert) -> list[Offer]:
    """The verbs that fit the alert's state, the one that matters first."""
    if not by.may("alert.handle"):
        return []
    labels = {
        "take": _("Take it"),
        "resolve": _("Resolve with a cause"),
        "acknowledge": _("Seen, not mine"),
        "snooze": _("Let it rest"),
        "reopen": _("Open it again"),
    }
    main = "resolve" if alert.state == AlertState.IN_WORK else "take"
    offers = []
    for verb in sorted(labels, key=lambda verb: verb != main):
        if alert.state not in WAYS[verb][0]:
            continue
        may = alert_verdict(by, alert, verb)
        kind: Literal["primary", "quiet"] = "primary" if verb == main else "quiet"
        url = reverse("alert_move", args=[alert.pk, verb])
        offers.append(Offer(verb, labels[verb], url, bool(may), may.reason, kind, ICONS[verb]))
    if alert.asset is not None and alert.state != AlertState.RESOLVED and by.may("change.record"):
        url = f"{reverse('changes')}?asset={alert.asset.slug}"
        allowed = verdict(by, "change.record", line=alert.line)
        label = _("Record what was changed")
        offers.append(
            Offer("record_change", label, url, bool(allowed), allowed.reason, icon="tool", method="get")
        )
    return offers


def asset_offers(by: Person, asset: Asset) -> list[Offer]:
    """On a machine's page: how its readings were."""
    if not verdict(by, "alert.view", line=asset.line):
        return []
    url = f"{reverse('drift')}?{urlencode({'asset': asset.slug})}"
    return [Offer("drift", _("Readings beside what was learned"), url, icon="chart", method="get")]


def register_offers() -> None:
    actions.register(Asset, asset_offers)
    actions.register(Alert, alert_offers)
