"""What somebody at a shared tablet reaches: what the matrix names for it and nothing else, everywhere."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver

from mlops_portal.foundation.directory import urls_signin
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.models import Person, RoleAssignment, Tablet
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.tokens import token_create
from mlops_portal.foundation.shell.middleware import TabletMiddleware
from mlops_portal.foundation.shell.registries import at_tablet
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.cast import JOINED, new_person
from tests.directory import tablets
from tests.directory.probes import PROBES, Probe
from tests.directory.signing import just_now
from tests.directory.world import World, make_world

READS_AND_LINE_WORK = {
    *("plant.view", "node.view", "release.view", "golden.view"),
    *("label.answer", "change.record", "golden.run", "measure.view", "measure.record"),
}
NEVER = ("approv", "sign", "polic", "token", "log-", "export", "people", "plant", "mfa", "keys", "role")


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Client]]:
    """Somebody with every role on the whole site stands at the tablet of line 1."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        person = new_person("everything")
        person.save()
        RoleAssignment.objects.bulk_create(
            RoleAssignment(person=person, role=role, site=world.cast.site, granted_at=JOINED) for role in Role
        )
        tablets.give_pin(person)
        browser = tablets.on_tablet(world.cast.line_1, world.worker)
        assert tablets.take(browser, person).status_code == 302
        yield world, just_now(browser)
        transaction.set_rollback(True)


@pytest.fixture
def there(_made: tuple[World, Client], db: None) -> tuple[World, Client]:
    world, browser = copy.deepcopy(_made[0]), Client()
    browser.cookies = copy.deepcopy(_made[1].cookies)
    return world, browser


def addresses() -> Iterator[str]:
    """The name of every address of the portal."""

    def walk(resolver: Any, space: str) -> Iterator[str]:
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                yield from walk(one, f"{one.namespace}:" if one.namespace else space)
            else:
                yield f"{space}{one.name}"

    yield from walk(get_resolver(), "")


def at_the_lock(name: str, user: Any) -> HttpResponse | None:
    """What the middleware's hook says before the view of that address runs; None: it may."""
    request: Any = RequestFactory().get("/somewhere/", headers={"accept": "application/json"})
    request.user, request.tablet = user, Tablet()
    request.resolver_match = SimpleNamespace(view_name=name)
    return TabletMiddleware(lambda _request: HttpResponse()).process_view(request, lambda: None, (), {})


def test_every_address_that_is_not_named_refuses_whoever_stands_there() -> None:
    answers = {name: at_the_lock(name, Person(username="x")) for name in addresses()}
    assert len(answers) > 250
    assert {name for name, answer in answers.items() if answer is None} == at_tablet.OPEN
    assert {answer.status_code for answer in answers.values() if answer is not None} == {403}


def test_no_open_address_signs_sets_or_tells() -> None:
    bad = [name for name in at_tablet.OPEN if any(word in name.removeprefix("account_") for word in NEVER)]
    assert bad == []


def test_every_way_of_signing_in_leads_a_paired_tablet_to_the_question_who_is_here() -> None:
    own = {str(one.name) for one in urls_signin.urlpatterns}
    answers = {name: at_the_lock(name, AnonymousUser()) for name in own}
    inside = {name for name, answer in answers.items() if answer is None}
    assert {answer.headers["Location"] for answer in answers.values() if answer} == {"/tablet/"}
    assert own - inside == at_tablet.WAYS_IN
    assert inside == {  # they ask who is signed in, and so lead to signing in first
        *("account_logout", "mfa_index", "sessions_end", "account_change_password", "mfa_add_webauthn"),
        *("mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_activate_totp", "mfa_deactivate_totp"),
        *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
    }


def test_what_the_matrix_opens_there_is_the_work_of_the_line() -> None:
    assert {key for key, action in ACTIONS.items() if action.at_tablet} == READS_AND_LINE_WORK


@pytest.mark.parametrize("probe", [one for one in PROBES if not ACTIONS[one.action].at_tablet], ids=str)
def test_with_every_role_in_hand_the_matrix_alone_refuses_everything_else(
    probe: Probe, there: tuple[World, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, browser = there
    monkeypatch.setattr(at_tablet, "OPEN", set(addresses()))
    before = Event.objects.count()
    answer = probe.call(browser, world)
    assert answer.status_code in (403, 404, 422), answer.content[-300:]
    assert Event.objects.count() == before


@pytest.mark.parametrize("probe", [one for one in PROBES if one.action == "label.answer"], ids=str)
def test_answers_are_given_there_in_the_name_of_who_stands_there(
    probe: Probe, there: tuple[World, Client]
) -> None:
    world, browser = there
    assert probe.call(browser, world).status_code in (200, 201)
    event = Event.objects.latest("id")
    assert (event.type, event.channel) == ("labeling.label.answered", "tablet")
    assert event.actor_id == str(Person.objects.get(username="everything").pk)
    assert "at_tablet" in {one.relation for one in event.subjects.all()}


def test_another_line_is_out_of_reach(there: tuple[World, Client]) -> None:
    _world, browser = there
    assert browser.get("/label/line-1/").status_code == 200
    assert browser.get("/label/line-2/").status_code == 404


def test_the_service_itself_makes_no_token_there(there: tuple[World, Client]) -> None:
    world, _browser = there
    person = Person.objects.get(username="everything")
    person.tablet = Tablet(line=world.cast.line_1)
    with pytest.raises(NotAllowed):
        token_create(by=person, name="x", scopes=["plant.view"], expires_at=JOINED)
