"""Signed requests of nodes, and the telemetry that comes with them."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from edge_sync.models import NodeStatus
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal
from monitoring.models import TelemetryBatch
from tests.edge_sync.plant import EdgePlant
from tests.edge_sync.speaking import BATCH, At, receipt_of, send_batch


@pytest.fixture
def node(plant: EdgePlant) -> At:
    return At(plant, "node-2")


def test_a_signed_request_is_heard(node: At) -> None:
    answer = node.send("GET", "/api/v1/edge/wanted?nonce=n7")
    assert receipt_of(answer, Delivery.of("wanted", "node-2", "n7", b"")) == Receipt({"rows": []})
    assert answer["Cache-Control"] == "no-store"
    assert NodeStatus.objects.get().node.slug == "node-2"


def test_a_stranger_a_late_clock_and_a_retired_node_are_not_heard(node: At, plant: EdgePlant) -> None:
    assert Client().get("/api/v1/edge/wanted").status_code == 401
    assert node.send("GET", "/api/v1/edge/wanted", later=timedelta(hours=2)).status_code == 401
    node.key = plant.node_keys["node-1"]
    assert node.send("GET", "/api/v1/edge/wanted").status_code == 401
    node.key = plant.node_keys["node-2"]
    Node.objects.filter(slug="node-2").update(retired_at=timezone.now())
    assert node.send("GET", "/api/v1/edge/wanted").status_code == 401
    assert not NodeStatus.objects.exists()


def test_a_person_is_no_node(plant: EdgePlant, client: Client) -> None:
    client.force_login(plant.cast.whole.administrator)
    assert client.get("/api/v1/edge/wanted").status_code == 401


def test_telemetry_is_taken_and_its_backlog_noted(node: At) -> None:
    assert send_batch(node) == Receipt({})
    assert send_batch(node) == Receipt({})
    status = NodeStatus.objects.get()
    assert (status.agent_version, status.backlog) == ("0.1.0", 7)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"backlog": 8}, "sequence-reused"),
        ({"node": "node-1"}, "not-this-node"),
        ({"windows": {}}, "invalid"),
        ({"agent": "x" * (1 << 20)}, "too-large"),
    ],
)
def test_what_the_portal_refuses_names_the_batch_and_the_reason(
    node: At, change: dict[str, Any], code: str
) -> None:
    send_batch(node)
    found = send_batch(node, **change)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert found.sentence


def test_what_is_no_batch_at_all_is_refused_without_a_name(node: At) -> None:
    for body in (b"", b"[]", b"<html>", b"[" * 100_000):
        answer = node.send("POST", "/api/v1/edge/telemetry", body)
        found = receipt_of(answer, Delivery.of("telemetry", "node-2", "", body))
        assert isinstance(found, Refusal)
        assert found.code == "invalid"


# ---- a batch that is taken back, to come in smaller ones ----


def void(node: At, digest: str, *, sequence: int = 1, promise: bool = True) -> Receipt | Refusal | None:
    body = json.dumps({"digest": digest, "void": promise}).encode()
    answer = node.send("POST", f"/api/v1/edge/telemetry/{sequence}/void", body)
    return receipt_of(answer, Delivery.of("void", "node-2", str(sequence), body))


DIGEST = sha256(json.dumps(BATCH).encode()).hexdigest()


def test_the_portal_never_takes_what_it_promised_not_to_take(node: At) -> None:
    for _time in range(2):
        assert void(node, DIGEST) == Receipt({"taken": False})
    found = send_batch(node)
    assert isinstance(found, Refusal)
    assert found.code == "batch-void"
    assert TelemetryBatch.objects.get().state == "void"


def test_a_batch_that_arrived_is_not_taken_back(node: At) -> None:
    send_batch(node)
    assert void(node, DIGEST) == Receipt({"taken": True})
    assert send_batch(node) == Receipt({})


def test_a_question_promises_nothing(node: At) -> None:
    assert void(node, DIGEST, promise=False) == Receipt({"taken": False})
    assert send_batch(node) == Receipt({})


def test_other_content_under_a_number_is_not_taken_back(node: At) -> None:
    send_batch(node)
    found = void(node, "0" * 64)
    assert isinstance(found, Refusal)
    assert found.code == "sequence-reused"
    found = void(node, "no digest", sequence=2)
    assert isinstance(found, Refusal)
    assert found.code == "invalid"
