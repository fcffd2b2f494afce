"""The matrix applied to facts: pure, every cell at every place."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.plant.matrix import ACTIONS, Scope
from mlops_portal.foundation.plant.policies import Held, decide, lines_reached
from mlops_portal.foundation.plant.roles import Role

HERE, THERE, ELSEWHERE = (1, 11), (1, 12), (2, 21)


def allowed(role: Role, action: str, *, line: int | None) -> bool:
    """Held on site 1, on that line or on the whole site; asked about line 11 of site 1."""
    return bool(decide([Held(role, 1, line)], action, site_id=1, line_id=11))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("key", ACTIONS)
def test_a_cell_says_the_same_as_the_table(key, role):
    action = ACTIONS[key]
    has = role in action.roles
    assert allowed(role, key, line=None) is has
    assert allowed(role, key, line=11) is (has and action.scope is not Scope.SITE)
    assert allowed(role, key, line=12) is (has and action.scope is Scope.ANY)


@pytest.mark.parametrize("key", ACTIONS)
def test_a_role_at_another_site_reaches_only_what_needs_no_place(key):
    role = next(iter(ACTIONS[key].roles))
    assert bool(decide([Held(role, 2, None)], key, site_id=1, line_id=11)) is (
        ACTIONS[key].scope is Scope.ANY
    )


@pytest.mark.parametrize("key", ACTIONS)
def test_who_holds_no_role_may_nothing(key):
    assert not decide([], key)


@pytest.mark.parametrize("key", ACTIONS)
def test_who_left_may_nothing(key):
    found = decide([Held(role, 1, None) for role in Role], key, site_id=1, active=False)
    assert not found
    assert "left" in found.reason


@pytest.mark.parametrize("key", ACTIONS)
def test_a_token_reaches_only_the_actions_it_was_given(key):
    everything = [Held(role, 1, None) for role in Role]
    assert decide(everything, key, site_id=1, line_id=11, scopes=frozenset({key}))
    assert not decide(everything, key, site_id=1, line_id=11, scopes=frozenset(set(ACTIONS) - {key}))


def test_a_token_gives_no_role_that_the_person_has_not():
    assert not decide([Held(Role.OPERATOR, 1, 11)], "role.grant", scopes=frozenset({"role.grant"}))


def test_every_refusal_gives_its_reason():
    assert "Administrator" in decide([], "plant.edit").reason
    operator = [Held(Role.OPERATOR, 1, 12)]
    assert "another" in decide(operator, "plant.view", site_id=1, line_id=11).reason
    assert "whole site" in decide([Held(Role.ADMINISTRATOR, 1, 11)], "plant.edit", site_id=1).reason


def test_nobody_both_looks_after_people_and_decides_about_models():
    """The administrator has no action by which a model would come closer to a machine."""
    held = {key for key, action in ACTIONS.items() if Role.ADMINISTRATOR in action.roles}
    deciding = ("model", "automation", "alert", "golden", "label", "run", "policy", "approval", "release")
    assert not {key for key in held if ACTIONS[key].area in deciding and not key.endswith(".view")}


def test_lists_are_filtered_by_the_lines_that_a_role_reaches():
    held = [Held(Role.OPERATOR, 1, 11), Held(Role.AUDITOR, 2, None), Held(Role.OPERATOR, 3, 31)]
    assert lines_reached(held, "plant.view") == ({2}, {11, 31})
    assert lines_reached(held, "log.view") == ({2}, set())
