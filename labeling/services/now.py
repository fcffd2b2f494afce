"""Keeping how versions judge parts as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.models import NowMeasure
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.live import changed


def now_keep(
    *,
    version: ModelVersion,
    champion: ModelVersion | None,
    body: Mapping[str, Any],
    rows: str,
    labels: int,
    at: datetime,
) -> NowMeasure:
    """Keep one measure; the newest holds, and those before stay. The same rows and figures again change
    nothing but their time."""
    before = NowMeasure.objects.filter(version=version, champion=champion).first()
    with transaction.atomic():
        if before is not None and _same(before.body, body):
            NowMeasure.objects.filter(pk=before.pk).update(at=at, labels=labels, body=dict(body), rows=rows)
            before.refresh_from_db()
            return before
        kept = NowMeasure.objects.create(
            version=version, champion=champion, body=dict(body), rows=rows, labels=labels, at=at
        )
        wrong = (body["together"].get("challenger") or {}).get("wrong") or {}
        event_record(
            type="labeling.now.measured",
            actor=SYSTEM,
            subjects=[version.ref(), *([champion.ref("beside")] if champion else [])],
            public={
                "name": version.model.name,
                "number": version.number,
                "labels": labels,
                "rows": rows,
                **{f"wrong_{end}": round(float(value), 4) for end, value in wrong.items()},
            },
            at=at,
        )
        changed("approvals", f"now:{version.pk}")
    return kept


def _same(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return {**before, "until": ""} == {**now, "until": ""}
