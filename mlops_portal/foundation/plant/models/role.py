"""Which role a person holds where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models.person import Person
from mlops_portal.foundation.plant.models.place import Line, Site
from mlops_portal.foundation.plant.roles import Role


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def current(self) -> RoleAssignmentQuerySet:
        now = timezone.now()
        return self.filter(ended_at=None).filter(Q(until=None) | Q(until__gt=now))


class RoleAssignment(models.Model):
    """A role on one line, or on all lines of a site when ``line`` is empty; ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    until = models.DateTimeField(_("Until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[RoleAssignment]] = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["person", "role", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "line"],
                condition=Q(ended_at=None, line__isnull=False),
                name="role_held_once_on_a_line",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "site"],
                condition=Q(ended_at=None, line=None),
                name="role_held_once_on_a_site",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.line or self.site}"
