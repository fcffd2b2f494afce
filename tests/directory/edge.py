"""What nodes parked and the keys they trust, for probes; they are taken back with the call."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from edge_sync.keys.demo import demo_mark
from edge_sync.models import ParkedDelivery
from edge_sync.services.ceremony import plan_all, plan_digest
from mlops_portal.foundation.plant.models import Line
from tests.directory.world import World

WHY = "The file was mended"
OF_A_CEREMONY = 10
"""Events: the root, the rosters of two lines, and the keys: two roots, roster, timestamp, snapshot, lines."""


def _parked(world: World) -> ParkedDelivery:
    """A delivery that waits at the node of line 1."""
    now = timezone.now()
    return ParkedDelivery.objects.create(
        node=world.node, kind="telemetry", key="5", digest="ab" * 32, records=10, size=2000, code="invalid",
        reason="It does not fit the model.", parked_at=now, told_at=now,
    )  # fmt: skip


def settle(order: str) -> Callable[[Client, World], HttpResponse]:
    def call(client: Client, world: World) -> Any:
        said = {"order": order, "delivery": [_parked(world).pk], "reason": WHY}
        return client.post("/edge/node-1/settle/", said)

    return call


def settle_by_api(order: str) -> Callable[[Client, World], HttpResponse]:
    def call(client: Client, world: World) -> Any:
        address = f"/api/v1/parked-deliveries/{_parked(world).pk}/{order}/"
        return client.post(address, json.dumps({"reason": WHY}), content_type="application/json")

    return call


@contextmanager
def _demo(world: World) -> Iterator[str]:
    """The demo plant with its own keys and one site; what waits there for a ceremony."""
    with tempfile.TemporaryDirectory() as folder, override_settings(VAR_DIR=Path(folder)):
        demo_mark()
        Line.objects.filter(pk=world.other_line.pk).delete()
        yield plan_digest(plan_all(now=timezone.now()))


def ceremony(client: Client, world: World) -> Any:
    with _demo(world) as shown:
        return client.post("/keys/ceremony/", {"shown": shown})


def ceremony_by_api(client: Client, world: World) -> Any:
    with _demo(world) as shown:
        body = json.dumps({"shown": shown})
        return client.post("/api/v1/keys/ceremony/", body, content_type="application/json")
