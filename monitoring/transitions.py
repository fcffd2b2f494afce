"""The states of an alert, the ways between them, and the causes that a person may name."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AlertState(TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_WORK = "in_work", _("In work")
    SNOOZED = "snoozed", _("Snoozed")
    RESOLVED = "resolved", _("Resolved")


class Cause(TextChoices):
    DATA = "data_problem", _("Data problem")
    PROCESS = "process_change", _("Process change")
    WEAR_OUT = "model_wear_out", _("Model wear-out")
    SENSOR = "sensor_fault", _("Sensor fault")
    EXPECTED = "expected", _("Expected")
    FALSE_ALARM = "false_alarm", _("False alarm")


UNRESOLVED = (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.IN_WORK, AlertState.SNOOZED)

WAYS: dict[str, tuple[frozenset[AlertState], AlertState]] = {
    "acknowledge": (frozenset({AlertState.OPEN, AlertState.SNOOZED}), AlertState.ACKNOWLEDGED),
    "take": (frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED}), AlertState.IN_WORK),
    "snooze": (frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.IN_WORK}), AlertState.SNOOZED),
    "resolve": (frozenset(UNRESOLVED), AlertState.RESOLVED),
    "reopen": (frozenset({AlertState.RESOLVED}), AlertState.OPEN),
}
