"""200,000 parts in doubt: joined, shown by lot and part by part, written as CSV, and signed for at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks import portal
from benchmarks.apart import apart
from benchmarks.rows import Row

TITLE = "Parts in doubt"
PARTS, LOTS = 200_000, 400
PAGE = 200  # milliseconds


def ours(parts: int) -> dict[str, float]:
    """Seconds of each step, for so many parts of one machine."""
    with portal.empty():
        from django.conf import settings
        from django.test import Client, override_settings
        from django.utils import timezone

        from mlops_portal.foundation.ledger.refs import SYSTEM
        from mlops_portal.foundation.shell.work import jobs
        from monitoring.containment.services.collecting import containment_collect
        from monitoring.containment.services.disposing import containment_close, parts_dispose
        from monitoring.containment.services.opening import containment_open
        from monitoring.containment.tasks import sweep
        from monitoring.models import Prediction
        from monitoring.transitions import Trigger
        from tests.cast import make_cast
        from tests.monitoring.ground import make_floor

        jobs.send_once = lambda *_names, **_more: True  # type: ignore[assignment]  # no worker here
        cast = make_cast()
        floor, now, by = make_floor(cast), timezone.now(), cast.whole.quality_engineer
        Prediction.objects.bulk_create(
            (
                Prediction(
                    id=f"node-1:{n}", node=floor.node, asset=floor.press, version=floor.version,
                    lot=f"L{n % LOTS:03d}", activation="press-1/1", part_id=f"p{n}", label="ok",
                    confidence=0.9, at=now - timedelta(seconds=1 + n / 10),
                )
                for n in range(parts)
            ),
            batch_size=5_000,
        )  # fmt: skip
        held = containment_open(
            actor=SYSTEM, asset=floor.press, trigger=Trigger.PERSON, key="k", facts={"reason": "-"}, until=now
        )
        seconds = {"join": _seconds(lambda: containment_collect(containment=held))}
        seconds["again"] = _seconds(sweep)
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
        client = Client()
        client.force_login(by)
        pages = {"page": "", "lot": "lot/?lot=L007", "dispose": "dispose/"}
        for name, ending in pages.items():
            address = f"/containments/{held.pk}/{ending}"
            _get(client, address)
            seconds[name] = _seconds(lambda address=address: _get(client, address))
        seconds["csv"] = _seconds(lambda: len(client.get(f"/containments/{held.pk}/parts.csv").getvalue()))
        seconds["sign"] = _seconds(
            lambda: parts_dispose(by=by, containment=held, lot=None, kind="scrapped", seen=parts)
        )
        containment_close(by=by, containment=held)
        return seconds


def _get(client: Any, address: str) -> None:
    answer = client.get(address, HTTP_HOST="localhost")
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def measure(quick: bool) -> list[Row]:
    parts = PARTS // 10 if quick else PARTS
    seconds = apart(ours, parts=parts).result
    slowest = max(seconds[name] for name in ("page", "lot", "dispose")) * 1000
    return [
        Row(f"{parts:,} parts join a containment", seconds["join"], "s",
            note=f"looked through again where nothing came: {seconds['again']:.2f} s"),
        Row("its slowest page", slowest, "ms", goal=f"< {PAGE} ms", met=slowest < PAGE,
            note="by lot, part by part, before signing"),
        Row("one signature for all of them", seconds["sign"], "s",
            note=f"as CSV: {seconds['csv']:.1f} s, streamed"),
    ]  # fmt: skip
