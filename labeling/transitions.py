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


class CantTellWhy(TextChoices):
    """Why somebody cannot tell; what the line needs follows from it."""

    PICTURE = "picture", _("The picture does not show it")
    DIRTY = "dirty", _("The part is dirty or wet")
    BORDER = "border", _("It is just at the limit")
    NEW = "new", _("I have never seen this")
    OTHER = "other", _("Something else")


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


class RunStepName(TextChoices):
    """The steps of a run in their order."""

    MANIFEST = "manifest", _("Collect the parts")
    CHOOSE = "choose", _("Compare ways to train")
    TRAIN = "train", _("Train")
    EXPORT = "export", _("Write the edge model")
    PARITY = "parity", _("Compare the edge model row by row")
    COMPARE = "compare", _("Measure beside the champion")
    REGISTER = "register", _("Register the candidate")
    GOLDEN = "golden", _("Golden samples")
    NOW = "now", _("Measure on parts as they are now")
    EXPLAIN = "explain", _("Reasons")
    TRACK = "track", _("Tell MLflow")


AFTERWARDS = frozenset({RunStepName.NOW, RunStepName.GOLDEN, RunStepName.EXPLAIN, RunStepName.TRACK})
"""Steps after the candidate stands: what fails there is tried again without it."""


class StepState(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


RUN_WAYS: frozenset[tuple[RunState, RunState]] = frozenset(
    {
        (RunState.PROPOSED, RunState.STARTED),
        (RunState.PROPOSED, RunState.CANCELLED),
        (RunState.STARTED, RunState.CANDIDATE),
        (RunState.STARTED, RunState.FAILED),
        (RunState.STARTED, RunState.CANCELLED),
        (RunState.FAILED, RunState.STARTED),
    }
)
