"""Setting records aside: each alone, kept with its reason, counted where it comes again.

- What is kept is the record as it came, or its text where no database holds it.
- An event says that a node began to send what is refused, and every time that it contradicts itself; the same
  refusal again within ``LATELY`` says nothing new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F

from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire.kinds import is_clean
from mlops_portal.foundation.wire.parts import part_id
from monitoring.models import Quarantined
from monitoring.transitions import Check, Sort

LATELY = timedelta(hours=1)
LONGEST = 20_000
SILENT = frozenset({Check.WAITS, Check.UNAPPROVED, Check.AGAIN})  # no fault yet; has events; is no fault


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record and what it failed; ``key`` is the id of the prediction that it speaks of."""

    sort: Sort
    check: str
    reason: str
    record: object
    asset: str = ""
    part: str = ""
    key: str = ""
    at: datetime | None = None
    at_node: bool = False


def refusal(
    sort: Sort, check: str, reason: str, record: object, *, at: datetime | None = None, asset: str = ""
) -> Refusal:
    """With the machine, part and id that the record names, where it names any."""
    named = record if isinstance(record, Mapping) else {}
    return Refusal(
        sort, check, reason, record, asset or _text(named.get("asset")), part_id(_text(named.get("part"))),
        _text(named.get("id")), at,
    )  # fmt: skip


@transaction.atomic
def records_set_aside(*, node: Node, refusals: Iterable[Refusal], now: datetime) -> int:
    """Keep them; how many there were."""
    rows: dict[str, Quarantined] = {}
    for one in refusals:
        row = _row(node, one, now)
        known = rows.setdefault(str(row.digest), row)
        known.times += known is not row
    if not rows:
        return 0
    _tell(node, rows.values(), now)
    again = Quarantined.objects.filter(digest__in=rows).order_by("pk")
    for pk, digest in list(again.values_list("pk", "digest")):
        times = rows.pop(str(digest)).times
        Quarantined.objects.filter(pk=pk).update(times=F("times") + times, last_at=now)
    Quarantined.objects.bulk_create(
        [rows[digest] for digest in sorted(rows)], ignore_conflicts=True, batch_size=500
    )
    changed("telemetry", "nodes", f"node:{node.slug}")
    return len(rows)


def _row(node: Node, one: Refusal, now: datetime) -> Quarantined:
    record = kept(one.record)
    at = one.at.isoformat() if one.at_node and one.at else ""  # what it held stands beside the record
    named = json.dumps([node.pk, one.sort, one.check, one.asset, one.part, at, record], sort_keys=True)
    return Quarantined(
        node=node,
        sort=one.sort,
        at_node=one.at_node,
        asset_slug=one.asset[:60],
        key=one.key[:80],
        part_id=part_id(one.part),
        check_key=one.check[:40],
        reason=one.reason[:240],
        record=record,
        at=one.at or now,
        digest=sha256(named.encode()).hexdigest(),
        last_at=now,
    )


def kept(record: object) -> dict[str, Any]:
    """The record, or the start of its text where it is none or holds what no database does."""
    try:
        if isinstance(record, dict) and is_clean(record):
            return record
        text = json.dumps(record)
    except (RecursionError, ValueError, TypeError):
        text = "…"
    return {"text": text[:LONGEST]}


def _tell(node: Node, rows: Iterable[Quarantined], now: datetime) -> None:
    news = [one for one in rows if not one.at_node and one.check_key not in SILENT]
    checks = Counter(one.check_key for one in news)
    before = Quarantined.objects.filter(node=node, at_node=False, last_at__gt=now - LATELY)
    lately = set(before.filter(check_key__in=list(checks)).values_list("check_key", flat=True))
    for check, count in sorted(checks.items()):
        first = next(one for one in news if one.check_key == check)
        if check != Check.ALTERED and check in lately:
            continue
        event_record(
            type="monitoring.node.contradicted" if check == Check.ALTERED else "monitoring.records.set_aside",
            actor=Actor("node", node.slug, ""),
            subjects=[
                node.ref(),
                node.line.ref("on"),
                *([Ref("prediction", first.key, "of")] if first.key and check == Check.ALTERED else []),
            ],
            public={
                "node": node.name,
                "check": check,
                "count": count,
                "sort": first.sort,
                "what": first.key or first.part_id or first.asset_slug or "–",
                "reason": first.reason,
            },
            at=now,
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) and is_clean(value) else ""
