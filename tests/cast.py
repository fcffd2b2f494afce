"""The people of the tests: few, fixed, and the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.contrib.auth.hashers import make_password

from mlops_portal.foundation.plant.models import Line, Person, RoleAssignment, Site
from mlops_portal.foundation.plant.roles import Role

PASSWORD = "a-good-long-password"
JOINED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Team:
    """One person for each role, all at one place."""

    operator: Person
    domain_expert: Person
    quality_engineer: Person
    ml_engineer: Person
    auditor: Person
    administrator: Person

    def having(self, role: Role) -> Person:
        person: Person = getattr(self, role.value)
        return person


@dataclass(frozen=True)
class Cast:
    """``one`` works on line 1, ``two`` on line 2, ``whole`` on the whole site; ``stranger`` has no role."""

    site: Site
    line_1: Line
    line_2: Line
    one: Team
    two: Team
    whole: Team
    stranger: Person


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def new_person(username: str, name: str = "", **fields: object) -> Person:
    """A person, not saved; everybody's password is ``PASSWORD``."""
    return Person(
        username=username,
        name=name or username.replace("-", " ").title(),
        email=f"{username}@plant.example",
        joined_at=JOINED,
        password=_hashed(),
        **fields,
    )


def make_cast() -> Cast:
    """Write the cast in five statements."""
    site = Site.objects.create(name="Ahrensfeld", slug="ahrensfeld", time_zone="Europe/Berlin")
    line_1 = Line.objects.create(name="Line 1", slug="line-1", site=site, order=1)
    line_2 = Line.objects.create(name="Line 2", slug="line-2", site=site, order=2)
    places: dict[str, Line | None] = {"one": line_1, "two": line_2, "whole": None}
    people = {(place, role): new_person(f"{role.value}-{place}") for place in places for role in Role}
    stranger = new_person("stranger")
    Person.objects.bulk_create([*people.values(), stranger])
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=person, role=role, site=site, line=places[place], granted_at=JOINED)
        for (place, role), person in people.items()
    )
    teams = {place: Team(**{role.value: people[place, role] for role in Role}) for place in places}
    return Cast(site, line_1, line_2, teams["one"], teams["two"], teams["whole"], stranger)
