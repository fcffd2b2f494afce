"""What every page shares, in tables: notices, jobs, and the answers kept for idempotency keys."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One notice to one person. ``message`` is a msgid with ``{named}`` fields, translated when read."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    message = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["person", "-id"], name="notification_newest"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """In the language that is active now; the plain msgid where a translation's fields do not fit."""
        try:
            return gettext(self.message).format(**self.params)
        except (KeyError, IndexError, ValueError):
            return self.message


class NotificationPreference(models.Model):
    """How one person wants to hear of one kind; without a row the kind's defaults hold."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    page = models.BooleanField(_("In the portal"))
    mail = models.BooleanField(_("By mail"))
    webhook = models.BooleanField(_("To the plant's channel"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="notification_preference_once")
        ]

    def __str__(self) -> str:
        return self.kind


class Delivery(models.Model):
    """One notice on its way out of the portal. The row is the truth; the job only wakes."""

    class Route(models.TextChoices):
        MAIL = "mail", _("Mail")
        WEBHOOK = "webhook", _("Webhook")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    route = models.CharField(max_length=10, choices=Route)
    target = models.CharField(max_length=64, blank=True, help_text=_("Digest of the webhook's address"))
    created = models.DateTimeField()
    try_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["try_after"],
                condition=Q(delivered_at=None, given_up_at=None),
                name="delivery_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["notification", "route", "target"], name="delivery_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.notification_id}"


class Job(models.Model):
    """Long work that a person may watch. The row is the truth; the broker's message only wakes."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    kwargs = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    message = models.CharField(max_length=300, blank=True)
    result_url = models.CharField(max_length=300, blank=True)
    cancel_asked_at = models.DateTimeField(null=True)
    created = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    started = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)  # when its worker last said that it lives
    claim = models.UUIDField(null=True)  # the token of the worker that has it
    tries = models.PositiveSmallIntegerField(default=0)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created", "-id"]
        indexes = [
            models.Index(fields=["heard_at"], condition=Q(state="running"), name="job_at_work"),
            models.Index(fields=["created"], condition=Q(state="queued"), name="job_queued"),
            models.Index(fields=["by", "-created"], name="job_by_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def topic(self) -> str:
        return f"job:{self.pk}"


class KeptAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key; ``status`` is empty while the first one is at work.

    The unique constraint decides which of two equal requests runs.
    """

    caller = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return self.key
