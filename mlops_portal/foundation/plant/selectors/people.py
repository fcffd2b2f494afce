"""Reads over people, roles, skills, invitations and tokens."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from mlops_portal.foundation.plant.models import Invitation, Line, Person, PersonSkill, RoleAssignment, Token
from mlops_portal.foundation.plant.policies import verdict
from mlops_portal.foundation.plant.roles import Role


def people() -> QuerySet[Person]:
    """Everybody with an account, with the roles and skills they hold now."""
    return Person.objects.prefetch_related(
        Prefetch(
            "roles",
            RoleAssignment.objects.current().select_related("line", "site"),
            to_attr="current_roles",
        ),
        Prefetch(
            "skills",
            PersonSkill.objects.filter(ended_at=None).select_related("skill"),
            to_attr="current_skills",
        ),
    )


def people_with(*, role: Role, line: Line | None = None) -> list[Person]:
    """Active people who hold the role now, on that line where one is named."""
    assignments = RoleAssignment.objects.current().filter(role=role, person__is_active=True)
    if line is not None:
        assignments = assignments.filter(site=line.site, line__in=[line]) | assignments.filter(
            site=line.site, line=None
        )
    return list(Person.objects.filter(pk__in=assignments.values("person")))


def people_who_may(*, action: str, line: Line | None = None) -> list[Person]:
    """Active people who may do an action of the matrix, there where a line is named."""
    allowed = []
    for one in people().filter(is_active=True):
        one.__dict__["assignments"] = one.current_roles  # type: ignore[attr-defined]  # else one query a person
        if verdict(one, action, line=line):
            allowed.append(one)
    return allowed


def invitations_open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).select_related("site", "line", "invited_by")


def tokens_of(*, person: Person) -> QuerySet[Token]:
    return Token.objects.filter(person=person)
