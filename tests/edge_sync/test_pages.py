"""Pages of releases, models, nodes and keys; and the API beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from edge_sync.models import NodeStatus, Release
from edge_sync.tasks import publish
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Node
from tests.edge_agent import models
from tests.edge_sync.decided import approved, make_model, make_version
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey

For = Callable[..., Client]


@pytest.fixture
def release(plant: EdgePlant) -> Release:
    person = plant.cast.two.quality_engineer
    key = give_passkey(person)
    ceremony()
    version = make_version(make_model(plant.press, plant.cast.two.domain_expert), models.good())
    approved(version, plant.cast.line_2, {"press-2a": 1, "press-2b": 1}, person, key)
    publish()
    return Release.objects.get()


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.content[:400])
    return answer.content.decode()


def test_a_release_says_how_far_each_machine_is_and_who_approved(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    person = plant.cast.two.quality_engineer
    text = shown(client_for(person), f"/releases/{release.pk}/")
    assert person.name in text
    assert "Press 2a" in text
    assert "waits for the first machine" in text
    assert "Halt for good" in text


def test_an_operator_sees_a_release_and_cannot_control_it(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    client = client_for(plant.cast.two.operator)
    assert "Halt for good" not in shown(client, f"/releases/{release.pk}/")
    assert client.post(f"/releases/{release.pk}/halt/", {"reason": "no"}).status_code == 403
    assert Release.objects.get().state == "canary"


def test_another_lines_release_is_not_found(release: Release, plant: EdgePlant, client_for: For) -> None:
    assert client_for(plant.cast.one.operator).get(f"/releases/{release.pk}/").status_code == 404


@pytest.mark.parametrize("page", ["/releases/", "/models/", "/models/press/", "/edge/node-2/", "/keys/"])
def test_every_page_is_there_for_a_quality_engineer(
    release: Release, plant: EdgePlant, client_for: For, page: str
) -> None:
    shown(client_for(plant.cast.two.quality_engineer), page)


def test_pages_are_there_before_anything_happened(plant: EdgePlant, client_for: For) -> None:
    client = client_for(plant.cast.two.quality_engineer)
    for page in ("/releases/", "/models/", "/edge/node-2/", "/keys/", "/"):
        shown(client, page)
    assert "no roster" in shown(client, "/keys/")


def test_the_page_of_keys_names_what_waits_for_a_ceremony(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    give_passkey(plant.cast.two.domain_expert)
    text = shown(client_for(plant.cast.two.quality_engineer), "/keys/")
    assert "Known to nodes after the next ceremony" in text
    assert f"{plant.cast.two.domain_expert.name} has a new passkey." in text


def test_a_node_that_is_silent_is_unknown(release: Release, plant: EdgePlant, client_for: For) -> None:
    client = client_for(plant.cast.two.quality_engineer)
    assert "unknown since" in shown(client, "/edge/node-2/")
    NodeStatus.objects.create(node=plant.nodes["node-2"], heard_at=timezone.now())
    text = shown(client, "/edge/node-2/")
    assert "unknown since" not in text
    assert "on its way" in text


def test_pause_resume_and_halt_by_page_and_api_leave_the_same_events(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    client = client_for(plant.cast.two.quality_engineer)
    wanted = []
    for verb, state in (("pause", "paused"), ("resume", "canary"), ("pause", "paused"), ("halt", "halted")):
        answer = client.post(f"/releases/{release.pk}/{verb}/", {"reason": "look"})
        assert answer.status_code == 302
        assert Release.objects.get().state == state
        wanted.append(Event.objects.latest("id").data)
    Release.objects.update(state="canary")
    for verb, before in zip(("pause", "resume", "pause", "halt"), wanted, strict=True):
        address = f"/api/v1/releases/{release.pk}/{verb}/"
        answer = client.post(address, {"reason": "look"}, content_type="application/json")
        assert answer.status_code == 200, answer.content
        last = Event.objects.latest("id")
        assert (last.data, last.channel) == (before, "api")


def test_a_halted_release_takes_no_further_control(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    client = client_for(plant.cast.two.quality_engineer)
    client.post(f"/releases/{release.pk}/halt/", {"reason": "wrong tool"})
    assert client.post(f"/releases/{release.pk}/resume/", {"reason": "no"}).status_code == 409
    assert client.post(f"/releases/{release.pk}/other/", {"reason": "no"}).status_code == 404


def test_a_reason_is_needed(release: Release, plant: EdgePlant, client_for: For) -> None:
    client = client_for(plant.cast.two.quality_engineer)
    assert client.post(f"/releases/{release.pk}/halt/", {"reason": " "}).status_code == 422


def test_a_release_cannot_be_made_through_the_api(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    client = client_for(plant.cast.whole.ml_engineer)
    answer = client.post("/api/v1/releases/", {"version": "press/1"}, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("release-needs-approval")


def test_the_api_lists_releases_with_their_targets(
    release: Release, plant: EdgePlant, client_for: For
) -> None:
    (one,) = client_for(plant.cast.two.auditor).get("/api/v1/releases/").json()["results"]
    assert (one["model"], one["version"], one["state"]) == ("press", 1, "canary")
    assert [row["asset"] for row in one["targets"]] == ["press-2a", "press-2b"]
    assert len(one["words"].split()) == 4


def test_search_finds_models_and_releases(release: Release, plant: EdgePlant, client_for: For) -> None:
    text = shown(client_for(plant.cast.two.quality_engineer), "/search?q=Press")
    assert f"/releases/{release.pk}/" in text
    assert "/models/press/" in text


def test_a_node_is_enrolled_on_its_page(plant: EdgePlant, client_for: For) -> None:
    client = client_for(plant.cast.whole.administrator)
    assert "Enrol" in shown(client, "/edge/node-1/")
    answer = client.post("/edge/node-1/enrol/", {"public_key": "ab" * 32})
    assert answer.status_code == 302
    assert Node.objects.get(slug="node-1").public_key == "ab" * 32
    assert "shown this once" in client.post("/edge/node-1/enrol/", {"token": "1"}).content.decode()


def test_only_an_administrator_enrols(plant: EdgePlant, client_for: For) -> None:
    client: Any = client_for(plant.cast.whole.quality_engineer)
    assert client.post("/edge/node-1/enrol/", {"public_key": "ab" * 32}).status_code == 403
