"""Shared tablets at the line, and how a person takes one over: a badge or a name, then a short PIN."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models.person import Person
from mlops_portal.foundation.plant.models.place import Line

IDLE = timedelta(minutes=3)  # without a touch, then nobody stands there any more


class Tablet(models.Model):
    """A browser at a line. It is announced with a code, paired once the code was typed on it (its cookie's
    SHA-256 is ``digest``), and unpaired for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="tablets", verbose_name=_("Line"))
    name = models.CharField(_("Name"), max_length=60)
    announced_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    code_digest = models.CharField(max_length=64, unique=True)
    code_until = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True, null=True)
    agent = models.CharField(max_length=400, blank=True)
    paired_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    unpaired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["line__site__name", "line__order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def idle_seconds(self) -> int:
        return int(IDLE.total_seconds())

    def ref(self, relation: str = "about") -> Ref:
        return Ref("tablet", str(self.pk), relation)


class Pin(models.Model):
    """``wrong`` counts wrong ones on all tablets since the last right one; too many close it."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="pin")
    hashed = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    wrong = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"PIN of {self.person}"


class Badge(models.Model):
    """The code on a person's badge, as a keyed digest: codes are short, a plain one could be guessed."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="badge")
    digest = models.CharField(max_length=64, unique=True)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"badge of {self.person}"


class TabletPerson(models.Model):
    """A person at one tablet: wrong PINs since the last right one, and when they last took it over."""

    tablet = models.ForeignKey(Tablet, models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    wrong = models.PositiveIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tablet", "person"], name="person_once_at_a_tablet"),
            models.CheckConstraint(
                condition=Q(wrong=0) | Q(wrong_at__isnull=False), name="wrong_pins_have_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.tablet}"
