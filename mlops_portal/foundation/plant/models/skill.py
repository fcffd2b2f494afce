"""What a person was trained for, and until when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models.person import Person
from mlops_portal.foundation.plant.models.place import AssetType


class Skill(models.Model):
    """Something that is taught and tested, for example judging cracks on pressed parts."""

    slug = models.SlugField(_("Short name"), max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    asset_type = models.ForeignKey(AssetType, models.PROTECT, null=True, blank=True, related_name="skills")
    months_valid = models.PositiveSmallIntegerField(_("Months until it must be renewed"), default=12)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def ref(self, relation: str = "about") -> Ref:
        return Ref("skill", self.slug, relation)


class PersonSkill(models.Model):
    """A skill that a named person confirmed for another, with its expiry; ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("Expires"))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["person", "skill"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill"], condition=Q(ended_at=None), name="skill_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.skill}"
