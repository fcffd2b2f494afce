"""An invitation: the only way to an account."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models.person import Person
from mlops_portal.foundation.plant.models.place import Line, Site
from mlops_portal.foundation.plant.roles import Role


class Invitation(models.Model):
    """Who was asked to join, in which role; only the digest of the secret link is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    email = models.EmailField(_("Mail"), blank=True)
    language = models.CharField(_("Language"), max_length=5, default="en")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="+")
    secret_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.OneToOneField(Person, models.PROTECT, null=True, related_name="invitation")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-invited_at"]

    def __str__(self) -> str:
        return self.name

    def ref(self, relation: str = "about") -> Ref:
        return Ref("invitation", str(self.pk), relation)
