"""A node whose clock is wrong: it is told the time, signed, and its page says what it reported."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.wire import signed_time
from tests.edge_sync.plant import EdgePlant, ceremony
from tests.edge_sync.speaking import At
from tests.edge_sync.test_pages import For, shown

ADDRESS, NONCE = "/api/v1/edge/time", "0123456789abcdef"


def trusted_keys() -> list[bytes]:
    """Those of the newest root, as nodes get it."""
    client, found = Client(), b""
    for version in range(1, 5):
        answer = client.get(f"/tuf/metadata/{version}.root.json")
        if answer.status_code != 200:
            break
        found = answer.getvalue()
    return signed_time.timestamp_keys(found)


def test_anybody_is_told_the_time_signed_by_the_key_that_nodes_trust(plant: EdgePlant) -> None:
    ceremony()
    answer = Client().get(ADDRESS, {"nonce": NONCE})
    assert answer.status_code == 200
    at = signed_time.parse(answer.content, nonce=NONCE, keys=trusted_keys())
    assert abs((timezone.now() - at).total_seconds()) < 30


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65, "with spaces and so on"])
def test_without_a_nonce_nobody_is_told_a_time(plant: EdgePlant, nonce: str) -> None:
    ceremony()
    answer = Client().get(ADDRESS, {"nonce": nonce})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_before_the_first_ceremony_there_is_no_key_to_sign_with(plant: EdgePlant) -> None:
    answer = Client().get(ADDRESS, {"nonce": NONCE})
    assert answer["Content-Type"] == "application/problem+json"
    assert "keys_ceremony" in answer.json()["detail"]


def test_the_page_names_a_wrong_clock_until_it_is_right_again(plant: EdgePlant, client_for: For) -> None:
    node, client = At(plant, "node-2"), client_for(plant.cast.two.quality_engineer)
    said = "the clock is ahead by 2 h 0 min: it says 2026-12-01 06:00 UTC"
    assert node.say(node.report("press-2a", 0, "clock_wrong", "", said)).status_code == 200
    text = shown(client, "/edge/node-2/")
    assert "The clock of this node is wrong" in text
    assert said in text
    assert "clock --right --reason" in text
    node.say(
        node.report("press-2a", 0, "clock_right", "", "the clock was ahead by 2 h 0 min until 04:03 UTC")
    )
    text = shown(client, "/edge/node-2/")
    assert "The clock of this node is wrong" not in text
    assert "The clock is right again" in text


def test_what_a_node_set_aside_stands_on_its_page_and_in_the_log(plant: EdgePlant, client_for: For) -> None:
    node = At(plant, "node-2")
    node.say(node.report("press-2a", 0, "set_aside", "", "agent.sqlite3 is empty; it was set aside"))
    text = shown(client_for(plant.cast.two.quality_engineer), "/edge/node-2/")
    assert "A file was set aside" in text
    assert "release 0" not in text
    (event,) = events(subject=("node", "node-2"), types=["edge.node.reported"])
    assert "agent.sqlite3 is empty" in sentence(event)
