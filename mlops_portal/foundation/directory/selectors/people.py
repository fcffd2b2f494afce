"""Reads over people for pages and API, as far as the person who asks may see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from mlops_portal.foundation.plant.models import Invitation, Person, PersonSkill, RoleAssignment, Token
from mlops_portal.foundation.plant.selectors.people import invitations_open, people
from mlops_portal.foundation.plant.selectors.places import lines_for, sites_for

SOON = timedelta(days=30)


class Expiry(StrEnum):
    """How long something still holds."""

    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"


def expiry(expires_at: datetime, *, now: datetime) -> Expiry:
    if expires_at <= now:
        return Expiry.EXPIRED
    return Expiry.SOON if expires_at <= now + SOON else Expiry.VALID


def people_for(*, person: Person) -> QuerySet[Person]:
    """Everybody for who may see people; oneself alone for all others."""
    visible = people()
    return visible if person.may("people.view") else visible.filter(pk=person.pk)


def roles_for(*, person: Person) -> QuerySet[RoleAssignment]:
    """All roles ever held by the people whom the person may see."""
    roles = RoleAssignment.objects.select_related("person", "site", "line", "granted_by")
    return roles if person.may("people.view") else roles.filter(person=person)


def skills_for(*, person: Person) -> QuerySet[PersonSkill]:
    """All skills ever confirmed of the people whom the person may see."""
    skills = PersonSkill.objects.select_related("person", "skill", "given_by")
    return skills if person.may("people.view") else skills.filter(person=person)


def invitations_for(*, person: Person) -> QuerySet[Invitation]:
    """The open invitations to the sites where the person may invite."""
    return invitations_open().filter(site__in=sites_for(person=person, action="people.invite"))


def tokens_for(*, person: Person) -> QuerySet[Token]:
    """One's own tokens, and all for who may let people leave (on which sites, the service checks)."""
    tokens = Token.objects.select_related("person")
    return tokens if person.may("people.leave") else tokens.filter(person=person)


def skills_ending(*, person: Person, now: datetime) -> QuerySet[PersonSkill]:
    """Skills that expired or will within 30 days, of active people on the lines where the person confirms."""
    lines = lines_for(person=person, action="skill.grant")
    there = RoleAssignment.objects.current().filter(
        Q(line__in=lines) | Q(line=None, site__in=lines.values("site"))
    )
    return (
        PersonSkill.objects.filter(
            ended_at=None,
            expires_at__lte=now + SOON,
            person__is_active=True,
            person__in=there.values("person"),
        )
        .select_related("person", "skill")
        .order_by("expires_at")
    )
