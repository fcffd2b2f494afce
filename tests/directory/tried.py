"""Back-tests for probes; they are taken back with the call."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.models.parameters import parameters_checked
from mlops_portal.above.backtests.transitions import Kind, TableState
from tests.directory.world import World


def table(world: World) -> PastTable:
    """A table whose columns are known."""
    columns = [{"name": name, "kind": "number", "distinct": 9, "missing": 0} for name in ("force", "verdict")]
    return PastTable.objects.create(
        name="parts.csv", path="backtests/tables/parts.csv", size=9, state=TableState.READY, rows=90,
        columns=columns, added_by=world.worker, added_at=timezone.now(),
    )  # fmt: skip


def waiting(world: World) -> BackTest:
    """One that waits for a worker."""
    return BackTest.objects.create(
        kind=Kind.DRIFT, name="Limits", table=table(world), parameters=parameters_checked(Kind.DRIFT, {}),
        created_by=world.worker, created_at=timezone.now(),
    )  # fmt: skip


def see(client: Client, world: World) -> HttpResponse:
    return client.get(f"/backtests/{waiting(world).pk}/")


def see_by_api(client: Client, world: World) -> HttpResponse:
    return client.get(f"/api/v1/backtests/{waiting(world).pk}/")


def run(client: Client, world: World) -> HttpResponse:
    given = {"window": 10, "reference_share": 30, "false_alarms": "5"}
    return client.post(f"/backtests/new/?kind=drift&table={table(world).pk}", given)


def run_by_api(client: Client, world: World) -> HttpResponse:
    body = {"kind": "drift", "table": table(world).pk}
    return client.post("/api/v1/backtests/", json.dumps(body), content_type="application/json")


def cancel(client: Client, world: World) -> HttpResponse:
    return client.post(f"/backtests/{waiting(world).pk}/cancel/")


def cancel_by_api(client: Client, world: World) -> HttpResponse:
    return client.post(f"/api/v1/backtests/{waiting(world).pk}/cancel/")
