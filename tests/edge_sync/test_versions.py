"""Nodes of other versions: what they say is taken as far as it is known, and no more is asked of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from edge_sync.models import NodeReport, NodeStatus
from edge_sync.selectors.capabilities import capabilities_of
from edge_sync.selectors.wanted import rows_wanted
from edge_sync.services.reports import reports_receive
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.wire import jcs, parked
from mlops_portal.foundation.wire.formats import FIRST, ROWS_ON_REQUEST
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal
from monitoring.models import Quarantined, TelemetryBatch
from tests.edge_sync.plant import EdgePlant
from tests.edge_sync.speaking import BATCH, At, receipt_of, send_batch
from tests.wire.test_formats import said


@pytest.fixture
def node(plant: EdgePlant) -> At:
    return At(plant, "node-2")


def test_reports_recorded_of_the_first_version_are_taken(plant: EdgePlant) -> None:
    reports = said("reports")
    node = plant.nodes["node-2"]
    Node.objects.filter(pk=node.pk).update(public_key=said("enrolment")["public_key"])
    Asset.objects.filter(slug="press-2a").update(slug="press-3")
    node.refresh_from_db()
    assert reports_receive(node=node, reports=reports) == len(reports)
    assert reports_receive(node=node, reports=reports) == 0
    assert not Quarantined.objects.exists()
    assert json.loads(NodeReport.objects.get(sequence=reports[0]["sequence"]).body)["state"] == "desired"


def test_telemetry_recorded_of_the_first_version_is_taken(node: At) -> None:
    assert send_batch(node, **said("telemetry")) == Receipt({})
    assert capabilities_of(Node.objects.get(slug="node-2")) == set(FIRST)


def newer(node: At, **more: Any) -> dict[str, Any]:
    """A report as an agent of tomorrow signs it."""
    body = node.report("press-2a", 1, "verified", "0" * 64)
    del body["signature"]
    body |= more
    return body | {"signature": node.key.sign(jcs.canonical(body)).hex()}


def test_a_report_of_a_newer_agent_is_taken_and_kept_whole(node: At) -> None:
    assert node.say(newer(node, format="mlops-portal/report@1.2", humidity=0.4)).status_code == 200
    assert json.loads(NodeReport.objects.get().body)["humidity"] == 0.4


def test_a_report_of_another_major_is_refused_before_any_is_taken(node: At) -> None:
    one, other = node.report("press-2a", 1, "desired", "0" * 64), newer(node, format="mlops-portal/report@2")
    body = json.dumps([one, other]).encode()
    found = receipt_of(node.say(one, other), Delivery.of("reports", "node-2", "2", body))
    assert isinstance(found, Refusal)
    assert (found.code, "update the portal" in found.sentence) == ("other-version", True)
    assert not NodeReport.objects.exists()


def test_a_batch_of_a_newer_agent_is_taken_and_what_is_not_read_is_named(node: At) -> None:
    assert send_batch(node, images=[], format="mlops-portal/telemetry@1.1") == Receipt({})
    assert NodeStatus.objects.get().unread == ["images"]
    assert send_batch(node, sequence=2) == Receipt({})
    assert NodeStatus.objects.get().unread == []


def test_a_batch_of_another_major_is_refused_with_what_to_update(node: At) -> None:
    found = send_batch(node, format="mlops-portal/telemetry@2")
    assert isinstance(found, Refusal)
    assert found.sentence.endswith("update the portal.")
    assert not TelemetryBatch.objects.exists()


def test_a_node_is_asked_only_for_what_it_says_it_can(node: At) -> None:
    send_batch(node, capabilities=["something-new"])
    row = Node.objects.get(slug="node-2")
    assert capabilities_of(row) == {"something-new"}
    assert rows_wanted(node=row, now=timezone.now()) == []
    said_parked = {"format": parked.FORMAT, "nonce": "n", "backlog": 0, "total": 0, "parked": [], "left": []}
    node.send("POST", "/api/v1/edge/parked", json.dumps(said_parked).encode())
    assert ROWS_ON_REQUEST in capabilities_of(row)  # an older agent is back, which names none
    assert NodeStatus.objects.get().agent_version == BATCH["agent"]
