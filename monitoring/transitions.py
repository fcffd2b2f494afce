"""The states of an alert, the ways between them, the causes that a person may name, the checks that a record
may fail, and what puts parts in doubt and becomes of them."""

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


class Sort(TextChoices):
    """What a record that was set aside is."""

    READING = "reading", _("Reading")
    WINDOW = "window", _("Sketch of a window")
    PREDICTION = "prediction", _("Judgement")
    ROW = "row", _("Sampled readings")
    PICTURE = "picture", _("Picture")
    REPORT = "report", _("Report of a release")


class Check(TextChoices):
    """What a record failed; the first eight at the node, the rest at the portal (some at both)."""

    FORMAT = "format", _("Not readable")
    ASSET = "asset", _("Another machine's, or none that is known")
    MAPPING = "mapping", _("Lacks a reading")
    UNIT = "unit", _("Unit missing or wrong")
    MISSING = "missing", _("Most readings missing")
    CLOCK = "clock", _("Time cannot be right")
    RANGE = "range", _("Out of range")
    OUTPUT = "output", _("The model gave no answer")
    NODE = "node", _("Not this node's machine")
    UNAPPROVED = "unapproved", _("Judged by what nobody approved")
    ALTERED = "altered", _("Contradicts what was said before")
    AGAIN = "again", _("Judged before by another release")
    COUNTED = "counted", _("Counted before in part")
    WAITS = "waits", _("Waits for its judgement")
    NUMBER = "number", _("Numbered as another node's")
    BINS = "bins", _("Counted in other bins")
    READING = "reading", _("Unknown reading")
    CLASS = "class", _("Unknown class")
    SIGNATURE = "signature", _("Not signed by the node")
    BROKEN = "broken", _("Broke a step")


def check_words(key: str) -> str:
    """The check in words; nodes may know more of them than the portal."""
    return str(Check(key).label) if key in Check.values else key


UNRESOLVED = (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.IN_WORK, AlertState.SNOOZED)

WAYS: dict[str, tuple[frozenset[AlertState], AlertState]] = {
    "acknowledge": (frozenset({AlertState.OPEN, AlertState.SNOOZED}), AlertState.ACKNOWLEDGED),
    "take": (frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED}), AlertState.IN_WORK),
    "snooze": (frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.IN_WORK}), AlertState.SNOOZED),
    "resolve": (frozenset(UNRESOLVED), AlertState.RESOLVED),
    "reopen": (frozenset({AlertState.RESOLVED}), AlertState.OPEN),
}


class Trigger(TextChoices):
    GOLDEN = "golden_check", _("golden check failed")
    FALLBACK = "fallen_back", _("machine went back")
    RECALL = "called_back", _("version called back")
    SENSOR = "sensor_fault", _("sensor fault")
    LABEL = "wrong_label", _("wrong label")
    PERSON = "person", _("a person's doubt")


class DispositionKind(TextChoices):
    GOOD = "good", _("Good after re-inspection")
    REWORKED = "reworked", _("Reworked")
    SCRAPPED = "scrapped", _("Scrapped")
    CONCESSION = "concession", _("Released by concession")


class RoundWhy(TextChoices):
    SHIFT = "shift", _("start of the shift")
    CHANGEOVER = "changeover", _("changeover")
    DEMAND = "demand", _("asked for")


class ChangeVerb(TextChoices):
    ADD = "add", _("add")
    RETIRE = "retire", _("retire")
    BORDERLINE = "borderline", _("call borderline")
    CLEAR = "clear", _("call clear")
