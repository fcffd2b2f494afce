"""What people do with alerts: acknowledge, take, snooze, resolve with a cause, reopen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from monitoring.alert_events import alert_told
from monitoring.containment.services.sensors import sensor_doubted
from monitoring.errors import AlertMoved, CauseMissing, NotASnooze
from monitoring.models import Alert
from monitoring.transitions import WAYS, AlertState, Cause

HANDLE = "alert.handle"
SNOOZE_MOST = timedelta(days=7)


def alert_acknowledge(*, by: Person, alert: Alert) -> Alert:
    """“I have seen it”: it stays on the board, and stops asking for attention."""
    return _move(by, alert, "acknowledge", "monitoring.alert.acknowledged", snoozed_until=None)


def alert_take(*, by: Person, alert: Alert) -> Alert:
    """“I look after it”: ``by`` becomes the owner."""
    return _move(by, alert, "take", "monitoring.alert.taken", owner=by, snoozed_until=None)


def alert_snooze(*, by: Person, alert: Alert, until: datetime) -> Alert:
    """Let it rest; it comes back by itself. NotASnooze for a time that is over or more than a week away."""
    guard(by, HANDLE, line=alert.line)
    now = timezone.now()
    if not now < until <= now + SNOOZE_MOST:
        raise NotASnooze(_("An alert may rest until some time in the next seven days."))
    return _move(
        by,
        alert,
        "snooze",
        "monitoring.alert.snoozed",
        more={"until": until.isoformat(timespec="seconds")},
        snoozed_until=until,
    )


def alert_resolve(*, by: Person, alert: Alert, cause: str, comment: str = "") -> Alert:
    """Close it with a named cause; CauseMissing without one."""
    guard(by, HANDLE, line=alert.line)
    if cause not in Cause.values:
        raise CauseMissing(_("Say what the cause was: alerts like this one will learn from it."))
    with transaction.atomic():
        resolved = _resolved(by, alert, cause, comment)
        if cause == Cause.SENSOR and alert.asset is not None:
            sensor_doubted(alert=resolved, asset=alert.asset, actor=by.actor)
    return resolved


def _resolved(by: Person, alert: Alert, cause: str, comment: str) -> Alert:
    return _move(
        by,
        alert,
        "resolve",
        "monitoring.alert.resolved",
        more={"cause": cause},
        personal={"comment": comment} if comment else None,
        cause=cause,
        comment=comment,
        resolved_at=timezone.now(),
        snoozed_until=None,
    )


def alert_reopen(*, by: Person, alert: Alert) -> Alert:
    """It was not over. AlertMoved where another alert of the same machine is open meanwhile."""
    try:
        with transaction.atomic():
            return _move(
                by, alert, "reopen", "monitoring.alert.reopened", cause="", owner=None, resolved_at=None
            )
    except IntegrityError:
        raise AlertMoved(
            _("%(asset)s has another open alert meanwhile; go on there.") % {"asset": alert.place}
        ) from None


def _move(
    by: Person,
    alert: Alert,
    verb: str,
    event: str,
    *,
    more: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
    **values: Any,
) -> Alert:
    guard(by, HANDLE, line=alert.line)
    old, new = WAYS[verb]
    with transaction.atomic():
        if Alert.objects.filter(pk=alert.pk, state__in=old).update(state=new, **values) != 1:
            alert.refresh_from_db(fields=["state"])
            raise AlertMoved(
                _("Somebody was first: this alert is “%(state)s”. Load the page again.")
                % {"state": alert.get_state_display()}
            )
        alert_told(alert, by.actor, event, new=new, personal=personal, **(more or {}))
    alert.state = new
    for name, value in values.items():
        setattr(alert, name, value)
    return alert


def alerts_wake(*, now: datetime | None = None) -> int:
    """Open the alerts whose rest is over; how many."""
    moment = now or timezone.now()
    due = Alert.objects.filter(state=AlertState.SNOOZED, snoozed_until__lte=moment)
    woken = 0
    for alert in due.select_related("asset__line", "measure__line", "version__model"):
        with transaction.atomic():
            claimed = Alert.objects.filter(
                pk=alert.pk, state=AlertState.SNOOZED, snoozed_until=alert.snoozed_until
            )
            if claimed.update(state=AlertState.OPEN, snoozed_until=None) == 1:
                alert_told(alert, SYSTEM, "monitoring.alert.woken", new=AlertState.OPEN)
                woken += 1
    return woken
