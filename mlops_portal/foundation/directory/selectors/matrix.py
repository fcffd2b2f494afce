"""The matrix as one person meets it."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_portal.foundation.plant.matrix import ACTIONS, Action
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from mlops_portal.foundation.plant.roles import Role


@dataclass(frozen=True, slots=True)
class Row:
    """One action with a mark for each role, and what it is to the person who looks."""

    action: Action
    cells: list[tuple[Role, bool]]
    mine: Verdict
    elsewhere: bool  # a role of theirs has the action, but not where it would be needed


def matrix_for(*, person: Person) -> list[Row]:
    held = {one.role for one in person.held}
    return [
        Row(
            action,
            [(role, role in action.roles) for role in Role],
            verdict(person, key),
            bool(held & action.roles),
        )
        for key, action in ACTIONS.items()
    ]


def scopes_for(*, person: Person) -> list[Action]:
    """The actions that the person may do somewhere, and so may give to a token."""
    return [row.action for row in matrix_for(person=person) if row.mine and row.action.key != "token.create"]
