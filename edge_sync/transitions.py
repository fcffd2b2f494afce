"""The states of a release, and of a node for one release."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReleaseState(TextChoices):
    STAGED = "staged", _("Staged")
    CANARY = "canary", _("First node")
    WAVES = "waves", _("Rolling out")
    COMPLETE = "complete", _("Complete")
    PAUSED = "paused", _("Paused")
    HALTED = "halted", _("Halted")
    GONE_BACK = "gone_back", _("Gone back")


class NodeState(TextChoices):
    DESIRED = "desired", _("Desired")
    DOWNLOADING = "downloading", _("Downloading")
    VERIFIED = "verified", _("Verified")
    GOLDEN_PASSED = "golden_passed", _("Golden samples passed")
    ACTIVE = "active", _("Active")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    FALLEN_BACK = "fallen_back", _("Fallen back")


BY_HAND = {"stopped": _("Stopped"), "resumed": _("Resumed")}
OF_THE_NODE = {
    "set_aside": _("A file was set aside"),
    "clock_wrong": _("The clock is wrong"),
    "clock_right": _("The clock is right again"),
    "clock_said": _("The clock was said to be right"),
}
CLOCK = ("clock_wrong", "clock_right", "clock_said")


def reported_words(value: object) -> str:
    """What a node reported, in words; at the machine somebody may stop and resume it by hand."""
    text = str(value)
    if text in NodeState.values:
        return str(NodeState(text).label)
    return str((BY_HAND | OF_THE_NODE).get(text, text))


class ParkedKind(TextChoices):
    """What a node may have parked (``wire.parked``)."""

    TELEMETRY = "telemetry", _("Batch")
    REPORT = "report", _("Report of a release")
    PICTURE = "picture", _("Picture")


class ParkedOrder(TextChoices):
    SEND = "send", _("Send again")
    GIVE_UP = "give-up", _("Give up")


class ParkedEnd(TextChoices):
    SENT_AGAIN = "sent-again", _("Sent again")
    GIVEN_UP = "given-up", _("Given up")
    FORGOTTEN = "forgotten", _("No longer named")


def delivery_words(value: object) -> str:
    """A parked delivery by kind and number, as “telemetry/5” says it."""
    kind, _slash, key = str(value).partition("/")
    return f"{ParkedKind(kind).label} {key}" if kind in ParkedKind.values else str(value)
