"""The kinds of back-tests, and their states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    DRIFT = "drift", _("Limits of drift")
    LABELING = "labeling", _("Which parts to ask about")
    RETRAIN = "retrain", _("When to retrain")


class State(TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("At work")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = (State.QUEUED, State.RUNNING)


class Strategy(TextChoices):
    """By the names of ``labeling.compute.strategies``."""

    PORTAL = "portal", _("As the portal asks: torn, of every kind, some at random")
    MARGIN = "margin", _("Margin: torn between two classes")
    ENTROPY = "entropy", _("Entropy: torn between all classes")
    LEAST_CONFIDENT = "least_confident", _("Least confident")
    COMMITTEE = "committee", _("Committee: several models disagree")
    DIVERSE = "diverse", _("Far apart, whatever the model says")
    DENSE = "dense", _("Torn, and like many others")


class Learner(TextChoices):
    """By the names of ``labeling.compute.backtest.learners``."""

    FOREST = "forest", _("Random forest")
    BOOSTING = "boosting", _("Gradient boosting, as retraining uses it")
    LOGISTIC = "logistic", _("Logistic regression")


class TriggerKind(TextChoices):
    DRIFT = "drift", _("Drift of the readings")
    DEGRADATION = "degradation", _("More errors than promised")
    SCHEDULE = "schedule", _("Every so many windows")
    NEVER = "never", _("Never")


class TableState(TextChoices):
    READING = "reading", _("Being read")
    ASKING = "asking", _("Waits for answers")
    READY = "ready", _("Ready")
    UNREADABLE = "unreadable", _("Cannot be read")
