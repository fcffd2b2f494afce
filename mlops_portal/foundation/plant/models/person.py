"""People. An account is never reused: who leaves keeps the id under which the log knows them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.plant.models.place import Line, Site, validate_time_zone
from mlops_portal.foundation.plant.policies import Held, on_line, verdict
from mlops_portal.foundation.plant.roles import Role

if TYPE_CHECKING:
    from mlops_portal.foundation.plant.models.role import RoleAssignment
    from mlops_portal.foundation.plant.models.tablet import Tablet


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username__iexact=username)


class Person(AbstractBaseUser):
    """One human being with one account; ``name`` is the printed name that stands on what they sign."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        _("User name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("Name"), max_length=120)
    email = models.EmailField(_("Mail"), blank=True)
    language = models.CharField(_("Language"), max_length=5, default="en")
    theme = models.CharField(_("Theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    time_zone = models.CharField(
        _("Time zone"),
        max_length=60,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty: the time zone of the site"),
    )
    is_active = models.BooleanField(_("Active"), default=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    token_scopes: frozenset[str] | None = None
    tablet: Tablet | None = None  # the shared tablet at which the person stands
    token_actor: Actor | None = None  # the program that came with a token of this person

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="person_username_once"),
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="person_email_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def ref(self, relation: str = "about") -> Ref:
        return Ref("person", str(self.pk), relation)

    @property
    def actor(self) -> Actor:
        return Actor("person", str(self.pk), self.name)

    @property
    def at(self) -> list[Ref]:
        """For the event of what was done at a shared tablet: which one."""
        return [] if self.tablet is None else [self.tablet.ref("at_tablet")]

    @property
    def reporter(self) -> Actor:
        """Who reports what a machine measured: the program, by the name of its token, or else the person."""
        return self.token_actor or self.actor

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """The roles held now, read once per instance."""
        from mlops_portal.foundation.plant.models.role import RoleAssignment  # it refers to this table

        return list(RoleAssignment.objects.current().filter(person=self).select_related("line", "site"))

    @cached_property
    def held(self) -> list[Held]:
        held = [Held(Role(one.role), one.site_id, one.line_id) for one in self.assignments]
        return held if self.tablet is None else on_line(held, self.tablet.line)

    @property
    def on_floor(self) -> bool:
        """Whether the person does nothing but operate: every page is then one for gloves and a tablet."""
        return self.tablet is not None or {one.role for one in self.held} == {Role.OPERATOR}

    @property
    def roles_text(self) -> str:
        """For the top bar: “Quality engineer · Line 2”."""
        roles = list(dict.fromkeys(str(one.get_role_display()) for one in self.assignments))
        places = list(dict.fromkeys(str(one.line or one.site) for one in self.assignments))
        return " · ".join(part for part in (", ".join(roles), ", ".join(places)) if part)

    def may(self, action: str, line: Line | None = None, site: Site | None = None) -> bool:
        return bool(verdict(self, action, line=line, site=site))
