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


_BY_HAND = {"stopped": _("Stopped"), "resumed": _("Resumed")}


def reported_words(value: object) -> str:
    """What a node reported, in words; at the machine somebody may stop and resume it by hand."""
    text = str(value)
    return str(NodeState(text).label if text in NodeState.values else _BY_HAND.get(text, text))
