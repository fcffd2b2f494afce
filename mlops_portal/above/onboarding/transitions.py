"""The states of an onboarding and the ways between them."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OnboardingState(TextChoices):
    """Training, candidate and approval follow from the run, once the model was ``taken``."""

    RECEIVED = "received", _("Being read")
    UNREADABLE = "unreadable", _("Cannot be read")
    DRAFT = "draft", _("To be described")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    STARTING = "starting", _("Being stored")
    TAKEN = "taken", _("Stored")
    UNDONE = "undone", _("Undone")


class GoldenPartState(StrEnum):
    """What a person said of a part that was proposed as a golden sample."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


S = OnboardingState
WAYS: frozenset[tuple[OnboardingState, OnboardingState]] = frozenset(
    {
        (S.RECEIVED, S.DRAFT),
        (S.RECEIVED, S.UNREADABLE),
        (S.UNREADABLE, S.RECEIVED),  # another file
        (S.DRAFT, S.RECEIVED),
        (S.CHECKED, S.RECEIVED),
        (S.DRAFT, S.CHECKING),
        (S.CHECKED, S.CHECKING),
        (S.CHECKING, S.CHECKED),
        (S.CHECKING, S.DRAFT),
        (S.CHECKED, S.DRAFT),
        (S.CHECKED, S.STARTING),
        (S.STARTING, S.TAKEN),
        (S.STARTING, S.CHECKED),
        *((state, S.UNDONE) for state in S if state != S.UNDONE),
    }
)
EDITABLE = frozenset({S.DRAFT, S.CHECKED})
AT_WORK = frozenset({S.RECEIVED, S.CHECKING, S.STARTING})
"""A worker has it."""
