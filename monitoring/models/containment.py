"""Parts in doubt: where from, which, and what became of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset
from monitoring.models.prediction import Prediction
from monitoring.transitions import DispositionKind, Trigger


class Began(models.TextChoices):
    """What the beginning of the doubt rests on."""

    CHECK = "check", _("the last good check")
    RELEASE = "release", _("the start of the release")
    ALERT = "alert", _("the beginning of the alert")
    FIRST = "first", _("30 days: no good check is known")
    SAID = "said", _("a person's word")


class ContainmentState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Containment(models.Model):
    """Parts that one machine judged from ``since`` to ``until`` and that are in doubt until a person signs
    what becomes of each (ISO 9001 7.1.5.2, IATF 16949 8.7.1.3).

    ``key`` names what opened it: the same again joins. ``activation``: only what that release judged, "" for
    all. ``listed``: its parts were named one by one, and no span is looked through. ``until`` None: parts
    judged now are in doubt too. ``began``: what ``since`` rests on. ``facts`` fill the sentence of its
    trigger. ``parts``, ``waiting``: how many, and how many nobody has decided about. ``judgements``: how many
    of its span were known when it was collected last; more have come where it is another number now.
    """

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="containments")
    trigger = models.CharField(max_length=16, choices=Trigger)
    key = models.CharField(max_length=100)
    activation = models.CharField(max_length=80, blank=True)
    listed = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    since = models.DateTimeField()
    began = models.CharField(max_length=8, choices=Began)
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=ContainmentState, default=ContainmentState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    collected_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    parts = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    judgements = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "trigger", "key"], condition=Q(state="open"), name="containment_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(waiting=0, until__isnull=False), name="containment_closed_empty"
            ),
            models.CheckConstraint(condition=Q(waiting__lte=F("parts")), name="containment_waiting_few"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.asset}"

    @property
    def code(self) -> str:
        """As it stands on labels."""
        return f"C-{self.pk}"

    @property
    def grows(self) -> bool:
        return self.until is None

    def ref(self, relation: str = "about") -> Ref:
        return Ref("containment", str(self.pk), relation)


class ContainmentLot(models.Model):
    """The parts of one lot ("" where none was told): how many, and how many of them somebody found and
    pulled; None until somebody has looked."""

    containment = models.ForeignKey(Containment, models.CASCADE, related_name="lots")
    lot = models.CharField(max_length=40, blank=True)
    parts = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    pulled = models.PositiveIntegerField(null=True)
    pulled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    pulled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["lot"]
        constraints = [
            models.UniqueConstraint(fields=["containment", "lot"], name="containment_lot_once"),
            models.CheckConstraint(condition=Q(waiting__lte=F("parts")), name="containment_lot_waiting_few"),
            models.CheckConstraint(
                condition=Q(pulled=None) | Q(pulled__lte=F("parts")), name="containment_lot_pulled_few"
            ),
        ]

    def __str__(self) -> str:
        return self.lot or "–"

    @property
    def missing(self) -> int:
        """Parts that nobody found; they may have left the plant."""
        return 0 if self.pulled is None else self.parts - self.pulled


class Disposition(models.Model):
    """What a person signed of ``parts`` parts: of one, of a lot, or of all that waited."""

    containment = models.ForeignKey(Containment, models.CASCADE, related_name="dispositions")
    kind = models.CharField(max_length=12, choices=DispositionKind)
    note = models.CharField(max_length=300, blank=True)
    lot = models.CharField(max_length=40, null=True, help_text=_("None for all lots"))
    part_id = models.CharField(max_length=60, blank=True)
    parts = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="concession") | ~Q(note=""), name="concession_says_who_permitted"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.parts}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("disposition", str(self.pk), relation)


class ContainmentPart(models.Model):
    """One part in doubt; ``prediction`` is one of its judgements, ``disposition`` what became of it."""

    containment = models.ForeignKey(Containment, models.CASCADE, related_name="rows")
    prediction = models.ForeignKey(Prediction, models.PROTECT, related_name="+")
    part_id = models.CharField(max_length=60)
    lot = models.CharField(max_length=40, blank=True)
    disposition = models.ForeignKey(Disposition, models.PROTECT, null=True, related_name="rows")
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["containment", "part_id"], name="containment_part_once")
        ]
        indexes = [models.Index(fields=["containment", "lot", "disposition"], name="containment_part_lot")]

    def __str__(self) -> str:
        return self.part_id
