"""A node's side of the wire, for tests: signs requests and reports with its key."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.wire import jcs, nodeauth, receipt
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal
from tests.edge_sync.plant import EdgePlant


def receipt_of(answer: Any, delivery: Delivery) -> Receipt | Refusal | None:
    """What the agent reads in an answer to ``delivery``."""
    return receipt.read(
        delivery, status=answer.status_code, media_type=answer["Content-Type"], body=answer.content
    )


class At:
    """A node's side of the wire: signs requests and reports with its key."""

    def __init__(self, plant: EdgePlant, node: str) -> None:
        self.node, self.key, self.sequence = node, plant.node_keys[node], 0

    def send(self, method: str, path: str, body: bytes = b"", *, later: timedelta = timedelta()) -> Any:
        headers = nodeauth.sign(
            self.key, node=self.node, method=method, path=path, body=body, now=timezone.now() + later
        )
        return Client().generic(method, path, body, "application/json", headers=headers)

    def report(self, asset: str, number: int, state: str, artifact: str, reason: str = "") -> dict[str, Any]:
        self.sequence += 1
        said: dict[str, Any] = {
            "sequence": self.sequence,
            "asset": asset,
            "number": number,
            "artifact": artifact,
            "state": state,
            "reason": reason,
            "at": timezone.now().isoformat(timespec="seconds"),
            "measures": {},
        }
        return said | {"signature": self.key.sign(jcs.canonical(said)).hex()}

    def say(self, *reports: dict[str, Any]) -> Any:
        return self.send("POST", "/api/v1/edge/reports", json.dumps(reports).encode())


BATCH = {
    "format": "mlops-portal/telemetry@1",
    "node": "node-2",
    "sequence": 1,
    "sent_at": "2026-11-22T12:00:00+00:00",
    "agent": "0.1.0",
    "backlog": 7,
    "windows": [],
    "predictions": [],
    "rows": [],
    "quarantined": [],
}


def send_batch(node: At, /, **changes: Any) -> Receipt | Refusal | None:
    batch = BATCH | changes
    body = json.dumps(batch).encode()
    answer = node.send("POST", "/api/v1/edge/telemetry", body)
    return receipt_of(answer, Delivery.of("telemetry", "node-2", str(batch["sequence"]), body))
