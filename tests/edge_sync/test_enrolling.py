"""How a node gets its identity."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from edge_sync.models import EnrolmentToken, PublicKey
from edge_sync.services.nodes import ENROLS
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.plant.models import Node
from tests.edge_sync.plant import EdgePlant


def test_a_node_is_enrolled_by_command(plant: EdgePlant) -> None:
    call_command("node_enrol", "node-1", "--key", "CD" * 32, stdout=StringIO())
    assert Node.objects.get(slug="node-1").public_key == "cd" * 32
    assert PublicKey.objects.get(purpose="node node-1").key_id == "cd" * 32
    assert [one.data["key"] for one in events(types=["edge.node.enrolled"])] == ["cd" * 32]


@pytest.mark.parametrize("key", ["", "xy" * 32, "ab" * 16])
def test_what_is_no_key_enrols_nobody(plant: EdgePlant, key: str) -> None:
    with pytest.raises(CommandError, match="64 hex digits"):
        call_command("node_enrol", "node-1", "--key", key)


def test_two_nodes_never_share_a_key(plant: EdgePlant) -> None:
    with pytest.raises(CommandError, match="Another node"):
        call_command("node_enrol", "node-1", "--key", plant.nodes["node-2"].public_key)


def enrol(token: str, key: Ed25519PrivateKey, node: str = "node-1") -> Any:
    body = {
        "node": node,
        "token": token,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "proof": key.sign(ENROLS + f"{node}\n{token}".encode()).hex(),
    }
    return Client().post("/api/v1/edge/enrol", body, content_type="application/json")


@pytest.fixture
def token(plant: EdgePlant) -> str:
    out = StringIO()
    call_command("node_enrol", "node-1", "--token", "--json", stdout=out)
    found: str = json.loads(out.getvalue())["token"]
    return found


def test_a_token_enrols_one_node_once(token: str) -> None:
    key = Ed25519PrivateKey.generate()
    assert enrol(token, key).status_code == 200
    assert Node.objects.get(slug="node-1").public_key == key.public_key().public_bytes_raw().hex()
    assert enrol(token, Ed25519PrivateKey.generate()).status_code == 403


def test_the_same_key_with_the_same_token_again_is_the_same_enrolment(token: str, plant: EdgePlant) -> None:
    key = Ed25519PrivateKey.generate()
    assert [enrol(token, key).status_code for _time in range(2)] == [200, 200]
    assert events(types=["edge.node.enrolled"]).count() == 1
    call_command("node_enrol", "node-1", "--key", "CD" * 32, stdout=StringIO())
    assert enrol(token, key).status_code == 403


def test_a_token_is_good_for_its_node_and_its_day_alone(token: str) -> None:
    key = Ed25519PrivateKey.generate()
    assert enrol(token, key, node="node-2").status_code == 403
    EnrolmentToken.objects.update(expires_at=timezone.now())
    assert enrol(token, key).status_code == 403


def test_a_key_that_the_node_does_not_hold_is_not_enrolled(token: str, plant: EdgePlant) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    body = {"node": "node-1", "token": token, "public_key": other, "proof": "ab" * 64}
    assert Client().post("/api/v1/edge/enrol", body, content_type="application/json").status_code == 403
