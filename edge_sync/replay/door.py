"""Where batches go in: the portal's own door for telemetry, here or over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import urllib3
from django.utils.translation import gettext as _

from edge_sync.agent.sending.batches import API
from edge_sync.agent.sending.transport import Away, Portal
from edge_sync.agent.sending.web import pool
from edge_sync.errors import ReplayUnfit
from edge_sync.replay.node import ReplayNode
from edge_sync.services.nodes import node_heard
from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire.errors import PortalError
from mlops_portal.foundation.wire.receipt import Receipt, Refusal
from monitoring.intake.services.telemetry import batch_receive
from monitoring.intake.tasks import merge
from monitoring.models import TelemetryBatch
from monitoring.models.telemetry import BatchState

TELEMETRY = ("POST", f"{API}/telemetry")


@dataclass(slots=True)
class Taken:
    """What the portal took: counts of records, quarantined ones by their check, and refused batches."""

    predictions: int = 0
    sampled: int = 0
    windows: set[tuple[str, str, str, str]] = field(default_factory=set)
    quarantined: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def add(self, body: bytes) -> None:
        batch = json.loads(body)
        self.predictions += len(batch["predictions"])
        self.sampled += len(batch["rows"])
        self.windows |= {
            (one["activation"], one["lot"], one["recipe"], one["starts"]) for one in batch["windows"]
        }
        self.quarantined.update(one["check"] for one in batch["quarantined"])


class Door(Portal):
    """Takes batches and merges each at once, so that nothing waits for a worker."""

    def __init__(self, at: ReplayNode, *, http: bool) -> None:
        self.connections: urllib3.PoolManager = pool(at.config)
        super().__init__(at.config, at.key, self.connections)
        self._node, self._http, self._address = at.node, http, at.config.portal
        self.taken = Taken()

    def deliver(
        self,
        method: str,
        path: str,
        *,
        kind: str,
        key: str,
        now: datetime,
        body: bytes = b"",
        media_type: str = "application/json",
    ) -> Receipt | Refusal:
        """As the agent's own; batches go to the same service that the portal's address calls."""
        if self._http:
            try:
                answer = super().deliver(
                    method, path, kind=kind, key=key, now=now, body=body, media_type=media_type
                )
            except Away as error:
                raise ReplayUnfit(
                    _(
                        "The portal at %(address)s takes no batches (%(reason)s); start it, or leave "
                        "--http out."
                    )
                    % {"address": self._address, "reason": error}
                ) from None
        elif (method, path) == TELEMETRY:
            answer = _here(self._node, body)
        else:
            raise Away(f"{path} is for nodes alone")
        if isinstance(answer, Refusal):
            self.taken.refused.append(answer.sentence)
        if isinstance(answer, Receipt) and (method, path) == TELEMETRY:
            self.taken.add(body)
            self._merge(json.loads(body)["sequence"])
        return answer

    def _merge(self, sequence: int) -> None:
        batch = TelemetryBatch.objects.filter(node=self._node, sequence=sequence).first()
        if batch is None:
            return
        merge(batch.pk)
        batch.refresh_from_db(fields=["state", "problem"])
        if batch.state == BatchState.REFUSED:
            self.taken.refused.append(batch.problem)


def _here(node: Node, body: bytes) -> Receipt | Refusal:
    try:
        with channel("node"):
            batch = batch_receive(node=node, body=body)
            node_heard(node=node, now=batch.received_at, said=json.loads(body))
    except PortalError as error:
        return Refusal(error.status, error.code, error.sentence)
    return Receipt({})
