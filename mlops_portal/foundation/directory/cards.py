"""The directory's cards on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mlops_portal.foundation.directory.selectors.board import own_lines
from mlops_portal.foundation.directory.selectors.people import expiry, invitations_for, skills_ending
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.places import nodes_for
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card

FEW = 6


def _holds(person: Person, role: Role) -> bool:
    return any(one.role == role for one in person.held)


def _shift(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    lines = own_lines(person=person_of(request), now=now)
    return {"lines": lines[:FEW], "more": len(lines) - FEW, "now": now}


def _invitations(request: HttpRequest) -> dict[str, Any]:
    invitations = invitations_for(person=person_of(request))
    return {"invitations": invitations[:FEW], "count": invitations.count()}


def _skills(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    skills = skills_ending(person=person_of(request), now=now)
    return {
        "skills": [(one, expiry(one.expires_at, now=now)) for one in skills[:FEW]],
        "count": skills.count(),
    }


def _nodes(request: HttpRequest) -> dict[str, Any]:
    nodes = nodes_for(person=person_of(request)).filter(enrolled_at=None)
    return {"nodes": nodes.order_by("name")[:FEW], "count": nodes.count()}


def register_cards() -> None:
    cards.register(
        Card(
            "directory-shift",
            10,
            "directory/cards/shift.html",
            lambda person: _holds(person, Role.OPERATOR),
            _shift,
            topics=("plant",),
        )
    )
    cards.register(
        Card(
            "directory-skills",
            70,
            "directory/cards/skills.html",
            lambda person: person.may("skill.grant"),
            _skills,
            topics=("people",),
        )
    )
    cards.register(
        Card(
            "directory-invitations",
            75,
            "directory/cards/invitations.html",
            lambda person: person.may("people.invite"),
            _invitations,
            topics=("people",),
        )
    )
    cards.register(
        Card(
            "directory-nodes",
            80,
            "directory/cards/nodes.html",
            lambda person: person.may("node.register"),
            _nodes,
            topics=("plant",),
        )
    )
    cards.register(
        Card(
            "directory-account",
            95,
            "directory/cards/account.html",
            lambda person: True,
            lambda request: {"may_token": person_of(request).may("token.create")},
        )
    )
