"""Parts that a node was too unsure to decide: the line is asked, before anything that teaches."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from labeling.models import LabelRequest
from labeling.services.leasing import topic
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.live import changed
from monitoring.models import SampledRow

PRIORITY = 10  # before questions that teach (0) and those that somebody doubted (1)
LASTS = timedelta(hours=12)  # a part that left the line is no longer anybody's to decide
WAITING = (RequestState.OPEN, RequestState.LEASED)
MOST_OPEN = 200  # of a line: more than people answer in a shift buries what came first
MOST = 500


def zone_requests_add() -> int:
    """Ask about parts that nodes marked since, oldest first; what is past the limit of a line waits until
    people have answered, or is never asked. How many questions were written."""
    now = timezone.now()
    asked = LabelRequest.objects.filter(row=OuterRef("pk"))
    counted = LabelRequest.objects.filter(why__strategy="ask_zone", state__in=WAITING)
    waiting = dict(counted.values_list("line").annotate(n=Count("pk")).order_by())
    full = [line for line, n in waiting.items() if n >= MOST_OPEN]
    marked = (
        SampledRow.objects.filter(prediction__asks=True, prediction__at__gt=now - LASTS, prediction__truth="")
        .filter(~Exists(asked))
        .exclude(prediction__asset__line__in=full)  # else its parts alone fill what is read
        .select_related("prediction__asset__line", "prediction__version__model")
        .order_by("prediction__at", "pk")[:MOST]
    )
    by_line: dict[tuple[int, int], list[SampledRow]] = {}
    for row in marked:
        by_line.setdefault((row.prediction.asset.line_id, row.prediction.version_id), []).append(row)
    room = {line: MOST_OPEN - waiting.get(line, 0) for line, _version in by_line}
    made = 0
    for (line, _version), rows in by_line.items():
        taken = rows[: max(room[line], 0)]
        room[line] -= len(taken)
        if taken:
            first = taken[0].prediction
            made += _ask(line=first.asset.line, version=first.version, rows=taken)
    return made


def _ask(*, line: Line, version: ModelVersion, rows: list[SampledRow]) -> int:
    now = timezone.now()
    with transaction.atomic():
        requests = LabelRequest.objects.bulk_create(
            (
                LabelRequest(
                    row=row,
                    version=version,
                    line=line,
                    priority=PRIORITY,
                    why={"strategy": "ask_zone", "text_key": "ask_zone", "random": False},
                    inclusion_probability=1.0,
                    asked_at=now,
                    expires_at=row.prediction.at + LASTS,
                )
                for row in rows
            ),
            ignore_conflicts=True,
        )
        made = LabelRequest.objects.filter(pk__in=[one.pk for one in requests])
        numbers = sorted(str(key) for key in made.values_list("pk", flat=True))
        if not numbers:
            return 0
        event_record(
            type="labeling.zone.asked",
            actor=SYSTEM,
            subjects=[line.ref("on"), version.ref("asked_by")],
            public={"line": line.name, "count": len(numbers), "requests": numbers},
            at=now,
        )
        changed(topic(line), "labels")
    return len(numbers)
