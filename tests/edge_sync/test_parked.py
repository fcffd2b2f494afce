"""What a node parked: told, shown with the reason, ordered by a person, and left."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from edge_sync.models import NodeStatus, ParkedDelivery
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.wire import parked, receipt
from tests.edge_sync.plant import EdgePlant
from tests.edge_sync.speaking import At

For = Callable[..., Client]
WHY = "It does not fit the model."


@pytest.fixture
def node(plant: EdgePlant) -> At:
    return At(plant, "node-2")


def one(key: str = "5", at: str = "2026-11-22T12:00:00+00:00") -> dict[str, Any]:
    return {
        "kind": "telemetry",
        "id": key,
        "digest": "ab" * 32,
        "records": 10,
        "size": 2000,
        "code": "invalid",
        "reason": WHY,
        "at": at,
    }


def tell(node: At, *found: dict[str, Any], left: list[dict[str, Any]] | None = None) -> list[dict[str, str]]:
    """Tell the list; the orders that come back."""
    said = {
        "format": parked.FORMAT,
        "nonce": "n1",
        "backlog": len(found),
        "total": len(found),
        "parked": list(found),
        "left": left or [],
    }
    body = json.dumps(said).encode()
    answer = node.send("POST", "/api/v1/edge/parked", body)
    assert answer.status_code == 200, answer.content
    delivery = receipt.Delivery.of("parked", "node-2", "n1", body)
    found_receipt = receipt.read(delivery, status=200, media_type=answer["Content-Type"], body=answer.content)
    assert isinstance(found_receipt, receipt.Receipt)
    orders: list[dict[str, str]] = found_receipt.said["orders"]
    return orders


def left(how: str, key: str = "5") -> dict[str, Any]:
    said = one(key)
    return {"kind": said["kind"], "id": key, "at": said["at"], "how": how, "reason": "seen to"}


def test_the_page_says_how_many_are_parked_and_why(node: At, plant: EdgePlant, client_for: For) -> None:
    assert tell(node, one("5"), one("6"), one("7")) == []
    assert tell(node, one("5"), one("6"), one("7")) == []
    text = client_for(plant.cast.two.auditor).get("/edge/node-2/").content.decode()
    assert f"3 deliveries are parked, because: {WHY}" in text
    assert "Give up for good" not in text
    assert NodeStatus.objects.get().backlog == 3
    told = events(types=["edge.delivery.parked"])
    assert [sentence(row).partition(",")[0] for row in told].count("The edge node Node 2 parked Batch 5") == 1
    assert told.count() == 3


@pytest.mark.parametrize("order", ["send", "give-up"])
def test_a_person_orders_and_the_node_fetches_it(
    node: At, plant: EdgePlant, client_for: For, order: str
) -> None:
    tell(node, one("5"), one("6"))
    client = client_for(plant.cast.whole.administrator)
    chosen = ParkedDelivery.objects.get(key="5")
    said = {"delivery": [chosen.pk], "order": order, "reason": "the model is known now"}
    assert client.post("/edge/node-2/settle/", said).status_code == 302
    assert client.post("/edge/node-2/settle/", said).status_code == 409
    (ordered,) = tell(node, one("5"), one("6"))
    assert (ordered["id"], ordered["order"], ordered["digest"]) == ("5", order, "ab" * 32)
    how = {"send": "sent-again", "give-up": "given-up"}[order]
    assert tell(node, one("6"), left=[left(how)]) == []
    chosen.refresh_from_db()
    assert (chosen.left_how, chosen.left_at is not None) == (how, True)
    assert [row.data["how"] for row in events(types=["edge.delivery.left"])] == [how]
    (event,) = events(types=["edge.delivery.ordered"])
    assert "the model is known now" in sentence(event)


def test_the_api_orders_with_the_same_service(node: At, plant: EdgePlant, client_for: For) -> None:
    tell(node, one("5"))
    client: Any = client_for(plant.cast.whole.administrator)
    (row,) = client.get("/api/v1/parked-deliveries/").json()["results"]
    assert (row["node"], row["id_at_node"], row["reason"]) == ("node-2", "5", WHY)
    answer = client.post(
        f"/api/v1/parked-deliveries/{row['id']}/give-up/",
        {"reason": "doubled"},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["order"]) == (200, "give-up")
    assert tell(node, one("5"))[0]["order"] == "give-up"


def test_who_may_not_settle_orders_nothing(node: At, plant: EdgePlant, client_for: For) -> None:
    tell(node, one("5"))
    (row,) = ParkedDelivery.objects.all()
    said = {"delivery": [row.pk], "order": "give-up", "reason": "no"}
    for person, status in ((plant.cast.two.operator, 403), (plant.cast.one.ml_engineer, 404)):
        assert client_for(person).post("/edge/node-2/settle/", said).status_code == status
    assert client_for(plant.cast.one.operator).get("/api/v1/parked-deliveries/").json()["results"] == []
    row.refresh_from_db()
    assert row.order == ""


@pytest.mark.parametrize("change", [{"reason": " "}, {"delivery": []}, {"delivery": ["x"]}])
def test_an_order_needs_a_reason_and_a_delivery(
    node: At, plant: EdgePlant, client_for: For, change: dict[str, Any]
) -> None:
    tell(node, one("5"))
    said = {"delivery": [ParkedDelivery.objects.get().pk], "order": "send", "reason": "why"} | change
    client = client_for(plant.cast.whole.administrator)
    assert client.post("/edge/node-2/settle/", said).status_code == 422
    assert ParkedDelivery.objects.get().order == ""


def test_what_is_refused_again_waits_for_a_new_order(node: At, plant: EdgePlant, client_for: For) -> None:
    tell(node, one("5"))
    said = {"delivery": [ParkedDelivery.objects.get().pk], "order": "send", "reason": "why"}
    client_for(plant.cast.whole.administrator).post("/edge/node-2/settle/", said)
    assert tell(node, one("5", at=timezone.now().isoformat())) == []
    assert [row.left_how for row in ParkedDelivery.objects.order_by("pk")] == ["sent-again", ""]


def test_a_node_that_lost_its_store_names_nothing_any_more(node: At) -> None:
    tell(node, one("5"))
    tell(node)
    assert ParkedDelivery.objects.get().left_how == "forgotten"


@pytest.mark.parametrize("change", [{"total": -1}, {"parked": [{}]}, {"parked": {}}, {"left": [{}]}])
def test_a_list_that_does_not_fit_is_refused_by_name(node: At, change: dict[str, Any]) -> None:
    said = {"format": parked.FORMAT, "nonce": "n", "backlog": 0, "total": 0, "parked": [], "left": []}
    body = json.dumps(said | change).encode()
    answer = node.send("POST", "/api/v1/edge/parked", body)
    found = receipt.read(
        receipt.Delivery.of("parked", "node-2", "n", body),
        status=answer.status_code,
        media_type=answer["Content-Type"],
        body=answer.content,
    )
    assert isinstance(found, receipt.Refusal)
    assert (found.status, found.code) == (422, "invalid")
