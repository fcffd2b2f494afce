"""The states of a model version and the ways between them (released and superseded follow from releases)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VersionState(TextChoices):
    CANDIDATE = "candidate", _("Candidate")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


WAYS: frozenset[tuple[VersionState, VersionState]] = frozenset(
    {
        (VersionState.CANDIDATE, VersionState.IN_REVIEW),
        (VersionState.CANDIDATE, VersionState.WITHDRAWN),
        (VersionState.IN_REVIEW, VersionState.APPROVED),
        (VersionState.IN_REVIEW, VersionState.RETURNED),
        (VersionState.IN_REVIEW, VersionState.REJECTED),
        (VersionState.IN_REVIEW, VersionState.CANDIDATE),
        (VersionState.RETURNED, VersionState.IN_REVIEW),
        (VersionState.RETURNED, VersionState.WITHDRAWN),
    }
)
