"""Parts in doubt for probes; they are taken back with the call."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from monitoring.models import Containment, ContainmentLot, ContainmentPart
from tests.directory.asked import Call, question
from tests.directory.world import World


def _held(world: World, *, until: bool = False, empty: bool = False) -> Containment:
    """One part of press 1, in doubt since yesterday."""
    now, judged = timezone.now(), question(world).row.prediction
    n = 0 if empty else 1
    one = Containment.objects.create(
        asset=world.asset, trigger="person", key="k", facts={"reason": "Smell"}, began="said",
        since=now - timedelta(days=1), until=now if until else None, opened_at=now, parts=n, waiting=n,
        judgements=0 if until else 1,
    )  # fmt: skip
    if not empty:
        ContainmentLot.objects.create(containment=one, lot="7", parts=1, waiting=1)
        ContainmentPart.objects.create(
            containment=one, prediction=judged, part_id=judged.part_id, lot="7", joined_at=now
        )
    return one


def _page(ending: str, *, post: dict[str, Any] | None = None, **more: bool) -> Call:
    def call(client: Client, world: World) -> HttpResponse:
        address = f"/containments/{_held(world, **more).pk}/{ending}"
        return client.get(address) if post is None else client.post(address, post)

    return call


def _api(ending: str, body: dict[str, Any] | None = None, **more: bool) -> Call:
    def call(client: Client, world: World) -> HttpResponse:
        address = f"/api/v1/containments/{_held(world, **more).pk}/{ending}"
        if body is None:
            return client.get(address)
        return client.post(address, json.dumps(body), content_type="application/json")

    return call


def _of_part(world: World) -> str:
    return f"/api/v1/containment-parts/{_held(world).rows.get().pk}/"


def see_part_by_api(client: Client, world: World) -> HttpResponse:
    return client.get(_of_part(world))


def dispose_part_by_api(client: Client, world: World) -> HttpResponse:
    body = json.dumps({"kind": "scrapped"})
    return client.post(f"{_of_part(world)}dispose/", body, content_type="application/json")


LONG_AGO = (timezone.now() - timedelta(days=9)).isoformat(timespec="minutes")[:16]
LATELY = (timezone.now() - timedelta(hours=4)).isoformat(timespec="minutes")[:16]
SCRAPPED = {"kind": "scrapped", "seen": 1}
see, see_lot, see_label, see_csv = (_page(one) for one in ("", "lot/?lot=7", "label/?lot=7", "parts.csv"))
see_by_api = _api("")
widen = _page("widen/", post={"since": LONG_AGO, "reason": "Earlier"})
widen_by_api = _api("widen/", {"since": f"{LONG_AGO}Z", "reason": "Earlier"})
pull, pull_by_api = _page("pull/?lot=7", post={"pulled": 1}), _api("pull/", {"lot": "7", "pulled": 1})
dispose = _page("dispose/?lot=7", post=SCRAPPED)
dispose_by_api = _api("dispose/", {**SCRAPPED, "lot": "7"})
bound = _page("bound/", post={"until": LATELY, "reason": "Stood still"}, empty=True)
bound_by_api = _api("bound/", {"until": f"{LATELY}Z", "reason": "Stood still"}, empty=True)
close = _page("close/", post={}, until=True, empty=True)
close_by_api = _api("close/", {}, until=True, empty=True)
