"""Every cell of the role × action matrix, over pages and API, object by object."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.matrix import ACTIONS, Action, Scope
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from tests.directory.probes import BY_API_ALONE, NOT_YET, PROBES, Probe
from tests.directory.signing import just_now
from tests.directory.world import PLACES, World, make_world

CELLS = tuple((role, place) for role in Role for place in PLACES)
Cookies = dict[tuple[Role, str], str]


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Cookies]]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        yield world, {(role, place): _signed_in(world.person(role, place)) for role, place in CELLS}
        transaction.set_rollback(True)


def _signed_in(person: Person) -> str:
    """The cookie of a browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def world(_made: tuple[World, Cookies], db: None) -> World:
    """One for all cells; what a test does to it is taken back with the test's own savepoint."""
    return copy.deepcopy(_made[0])


@pytest.fixture
def browser_of(_made: tuple[World, Cookies], db: None) -> Callable[[Role, str], Client]:
    """A browser without anything in it but that person's cookie, whose password was given a moment ago."""
    browser = Client()

    def of(role: Role, place: str) -> Client:
        browser.cookies.clear()
        browser.cookies[settings.SESSION_COOKIE_NAME] = _made[1][role, place]
        return just_now(browser)

    return of


REFUSED = (403, 404, 422)  # 422: a form whose list of places does not hold this one
DONE = (200, 201, 202, 204, 302)


def expected(action: Action, role: Role, place: str) -> bool:
    """What the table says, spelled out: where somebody holds the role, and how far it reaches."""
    reaches = {
        Scope.LINE: ("here", "whole"),
        Scope.SITE: ("whole",),
        Scope.ANY: PLACES,
    }
    return role in action.roles and place in reaches[action.scope]


def cell(probe: Probe, world: World, role: Role, place: str, client: Client) -> str:
    """One call, taken back; what is wrong with the answer, or nothing."""
    before = Event.objects.count()
    with transaction.atomic():
        response = probe.call(client, world)
        recorded = Event.objects.count() - before
        transaction.set_rollback(True)
    allowed = expected(ACTIONS[probe.action], role, place)
    right = (
        response.status_code in (DONE if allowed else REFUSED)
        and recorded == allowed * probe.writes
        and "sign-in" not in response.headers.get("Location", "")
    )
    wanted = "allowed" if allowed else "refused"
    text = f"{role} {place}: {wanted} expected, {response.status_code} with {recorded} events"
    return "" if right else f"{text}: {response.content[-300:]!r}"


@pytest.mark.parametrize("probe", PROBES, ids=str)
def test_mar_1_every_cell_holds_on_pages_and_api(probe, world, browser_of):
    """Each role at each of four places: on the line, on another line, on the whole site, at another site."""
    wrong = [cell(probe, world, role, place, browser_of(role, place)) for role, place in CELLS]
    assert not list(filter(None, wrong))


@pytest.mark.parametrize("probe", PROBES, ids=str)
def test_who_holds_no_role_is_refused(probe, world, client_for):
    response = probe.call(just_now(client_for(world.cast.stranger)), world)
    assert response.status_code in REFUSED


@pytest.mark.parametrize("probe", PROBES, ids=str)
def test_who_is_not_signed_in_is_sent_to_sign_in(probe, world):
    response = probe.call(Client(), world)
    if probe.channel == "api":
        assert response.status_code == 401
        assert response.headers["Content-Type"] == "application/problem+json"
    else:
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in/")
    assert Event.objects.count() == 0


def test_every_action_has_a_page_and_an_api_call_or_a_reason():
    for key in ACTIONS:
        channels = {probe.channel for probe in PROBES if probe.action == key}
        if key in NOT_YET:
            assert not channels, f"{key} has probes; take it out of NOT_YET"
            assert NOT_YET[key]
        else:
            wanted = {"api"} if key in BY_API_ALONE else {"page", "api"}
            assert channels == wanted, f"{key} lacks a probe"
    assert {*NOT_YET, *BY_API_ALONE} <= set(ACTIONS)
