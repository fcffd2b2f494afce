"""The states of label requests and retrain runs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    OPEN = "open", _("Open")
    LEASED = "leased", _("With somebody")
    ANSWERED = "answered", _("Answered")
    AGREED = "agreed", _("Agreed")
    DISPUTED = "disputed", _("Disputed")
    SETTLED = "settled", _("Settled")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Answer(TextChoices):
    """Answers that are not a class of the model."""

    CANT_TELL = "cant_tell", _("I can't tell")
    ESCALATE = "escalate", _("Ask an expert")


class RunState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    STARTED = "started", _("Started")
    CANDIDATE = "candidate", _("Candidate")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Trigger(TextChoices):
    DRIFT = "drift", _("Drift")
    DEGRADATION = "degradation", _("Degradation")
    PROCESS_CHANGE = "process_change", _("Process change")
    SCHEDULE = "schedule", _("Schedule")
    MANUAL = "manual", _("By hand")
