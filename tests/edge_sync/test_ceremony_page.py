"""The demo's ceremony from a page: the same function as the command, for administrators, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from edge_sync.errors import NotTheDemo, PlanChanged
from edge_sync.keys.demo import demo_mark, is_demo
from edge_sync.selectors.roster import pending, signed
from edge_sync.services.ceremony import ceremony_hold, plan_all, plan_digest
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey

For = Callable[..., Client]


@pytest.fixture
def demo(plant: EdgePlant) -> EdgePlant:
    demo_mark()
    ceremony()
    return plant


def shown(client: Client) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]+)"', client.get("/keys/").content.decode())
    assert found
    return found[1]


def test_an_administrator_holds_it_and_nodes_know_the_new_key(demo: EdgePlant, client_for: For) -> None:
    person, admin = demo.cast.two.quality_engineer, demo.cast.whole.administrator
    give_passkey(person)
    client = client_for(admin)
    page = client.get("/keys/").content.decode()
    assert f"{person.name} has a new passkey." in page
    assert "At a plant those who keep the offline keys meet" in page
    assert client.post("/keys/ceremony/", {"shown": shown(client)})["Location"] == "/keys/"
    found = signed(demo.cast.line_2)
    assert found is not None
    assert len(found.people[str(person.pk)].passkeys) == 1
    assert pending(demo.cast.line_2, now=timezone.now()) == []
    newest = events(types=["edge.roster.signed"]).order_by("-id")[0]
    assert (newest.actor_kind, newest.actor_id) == ("person", str(admin.pk))


def test_what_changed_since_it_was_shown_is_not_signed(demo: EdgePlant, client_for: For) -> None:
    client = client_for(demo.cast.whole.administrator)
    before = shown(client)
    give_passkey(demo.cast.two.quality_engineer)
    assert client.post("/keys/ceremony/", {"shown": before}).status_code == 409
    assert client.post("/keys/ceremony/").status_code == 409
    assert pending(demo.cast.line_2, now=timezone.now()) != []
    planned, now = plan_all(now=timezone.now()), timezone.now()
    with pytest.raises(PlanChanged):
        ceremony_hold(by=demo.cast.whole.administrator, planned=planned, now=now, shown=before)


def test_twice_is_two_rosters_and_the_first_answer_is_not_taken_again(
    demo: EdgePlant, client_for: For
) -> None:
    client = client_for(demo.cast.whole.administrator)
    first = shown(client)
    assert client.post("/keys/ceremony/", {"shown": first}).status_code == 302
    assert client.post("/keys/ceremony/", {"shown": first}).status_code == 409


def test_another_key_in_place_of_the_one_that_was_shown_is_not_signed(demo: EdgePlant) -> None:
    """Both read as “has a new passkey”."""
    person, now = demo.cast.two.quality_engineer, timezone.now()
    give_passkey(person)
    before = plan_digest(plan_all(now=now))
    Authenticator.objects.filter(user=person).delete()
    give_passkey(person)
    assert plan_digest(plan_all(now=now)) != before


def test_the_api_does_the_same(demo: EdgePlant, client_for: For) -> None:
    give_passkey(demo.cast.two.quality_engineer)
    client = client_for(demo.cast.whole.administrator)
    told = client.get("/api/v1/keys/").json()
    assert [one["version"] for one in told["lines"]] == [1, 1]
    assert any("has a new passkey" in text for one in told["lines"] for text in one["waits"])
    done = client.post("/api/v1/keys/ceremony/", {"shown": told["shown"]}, content_type="application/json")
    assert done.status_code == 200
    assert [(one["version"], one["waits"]) for one in done.json()["lines"]] == [(2, []), (2, [])]
    other = client_for(demo.cast.whole.quality_engineer)
    assert other.get("/api/v1/keys/").json()["shown"] == ""
    refused = other.post("/api/v1/keys/ceremony/", {"shown": "x"}, content_type="application/json")
    assert refused.status_code == 403


@pytest.mark.parametrize("role", ["operator", "domain_expert", "quality_engineer", "ml_engineer", "auditor"])
def test_other_roles_do_not_hold_it(demo: EdgePlant, client_for: For, role: str) -> None:
    by = getattr(demo.cast.whole, role)
    assert client_for(by).post("/keys/ceremony/", {"shown": "x"}).status_code == 403
    planned, now = plan_all(now=timezone.now()), timezone.now()
    with pytest.raises(NotAllowed):
        ceremony_hold(by=by, planned=planned, now=now, shown=plan_digest(planned))


def test_who_keeps_one_line_alone_does_not_sign_for_all(demo: EdgePlant, client_for: For) -> None:
    client = client_for(demo.cast.one.administrator)
    assert client.post("/keys/ceremony/", {"shown": "x"}).status_code == 403


def test_outside_the_demo_no_page_signs_anything(plant: EdgePlant, client_for: For) -> None:
    """Even where the offline keys lie at their usual place."""
    ceremony()
    assert not is_demo()
    client = client_for(plant.cast.whole.administrator)
    page = client.get("/keys/").content.decode()
    assert "/keys/ceremony/" not in page
    assert "No page can do it." in page
    assert client.post("/keys/ceremony/", {"shown": "x"}).status_code == 403
    planned, now = plan_all(now=timezone.now()), timezone.now()
    with pytest.raises(NotTheDemo):
        ceremony_hold(by=plant.cast.whole.administrator, planned=planned, now=now, shown=plan_digest(planned))


def test_in_the_production_profile_the_mark_of_the_demo_means_nothing(
    demo: EdgePlant, client_for: For, settings: Any
) -> None:
    settings.PROFILE = "production"
    assert not is_demo()
    client = client_for(demo.cast.whole.administrator)
    assert client.post("/keys/ceremony/", {"shown": "x"}).status_code == 403


def test_a_stranger_is_sent_to_sign_in(demo: EdgePlant, client: Client) -> None:
    assert client.post("/keys/ceremony/", {"shown": "x"}).status_code == 302
    assert pending(demo.cast.line_2, now=timezone.now()) == []


def test_the_page_leads_who_signs_from_no_passkey_to_one_that_nodes_know(
    demo: EdgePlant, client_for: For
) -> None:
    person = demo.cast.two.quality_engineer
    client = client_for(person)
    page = client.get("/keys/").content.decode()
    assert 'href="/me/security/passkeys/add/"' in page
    give_passkey(person)
    page = client.get("/keys/").content.decode()
    assert "You have one." in page
    assert "An administrator holds it on this page" in page
    ceremony()
    assert "Nodes know it on Line 2." in client.get("/keys/").content.decode()


def test_at_a_plant_the_page_says_whom_to_ask(plant: EdgePlant, client_for: For) -> None:
    page = client_for(plant.cast.two.quality_engineer).get("/keys/").content.decode()
    assert "Ask those who keep the offline keys to hold one." in page


def test_who_may_not_hold_it_is_told_so_before_what_the_plant_is(plant: EdgePlant) -> None:
    ceremony()
    planned, now = plan_all(now=timezone.now()), timezone.now()
    for person in (plant.cast.stranger, plant.cast.whole.quality_engineer):
        with pytest.raises(NotAllowed):
            ceremony_hold(by=person, planned=planned, now=now, shown="")
