"""Parts join: those of the span that are known, and those of which a node tells late.

- A part joins once, however often it was judged; it never leaves but by a person's decision.
- Parts join some thousands at a time, so that no transaction is long; the row of the containment is locked,
  so two workers count nothing twice.
- A part that joins one that was closed opens it again, and people are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.plant.selectors.people import people_who_may
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from monitoring.containment.selectors.spans import fresh_parts, judged_in
from monitoring.containment.services.telling import told
from monitoring.models import Containment, ContainmentLot, ContainmentPart, Prediction
from monitoring.models.containment import ContainmentState

AT_ONCE = 5_000
Part = tuple[str, str, str]


def containment_collect(*, containment: Containment) -> int:
    """Let the parts of its span join that have not yet; how many. Those of one that is closed while the same
    happening has another open join that one."""
    first, joined, known = containment.collected_at is None, 0, judged_in(containment).count()
    twin = _twin(containment)
    if twin is not None:
        Containment.objects.filter(pk=containment.pk).update(judgements=known)
        Containment.objects.filter(pk=twin.pk, since__gt=containment.since).update(since=containment.since)
        return 0
    after = ""
    while parts := fresh_parts(containment, AT_ONCE, after=after):
        with transaction.atomic():
            joined += _join(containment, parts)
        after = parts[-1][0]
    with transaction.atomic():
        Containment.objects.filter(pk=containment.pk).update(collected_at=timezone.now(), judgements=known)
        if joined and (first or not containment.grows):
            told(containment, SYSTEM, "joined", count=joined)
        changed("containments", f"containment:{containment.pk}")
    return joined


def listed_join(containment: Containment, judged: QuerySet[Prediction]) -> int:
    """Let exactly these judgements' parts join, in the caller's transaction."""
    known = set(containment.rows.values_list("part_id", flat=True))
    parts = {one.part_id: one for one in judged.order_by("pk") if one.part_id not in known}
    return _join(containment, [(one.part_id, one.lot, one.pk) for one in parts.values()]) if parts else 0


def _join(containment: Containment, parts: Sequence[Part]) -> int:
    """Write the rows and count them, under the containment's lock."""
    now = timezone.now()
    locked = (
        Containment.objects.select_for_update(of=("self",))
        .select_related("asset__line__site")
        .get(pk=containment.pk)
    )
    known = set(
        ContainmentPart.objects.filter(
            containment=containment, part_id__in=[part for part, _lot, _judgement in parts]
        ).values_list("part_id", flat=True)
    )
    fresh = [one for one in parts if one[0] not in known]
    lots = Counter(lot for _part, lot, _judgement in fresh)
    reopened = locked.state == ContainmentState.CLOSED and bool(fresh)
    Containment.objects.filter(pk=containment.pk).update(
        parts=F("parts") + len(fresh),
        waiting=F("waiting") + len(fresh),
        **({"state": ContainmentState.OPEN, "closed_at": None, "closed_by": None} if reopened else {}),
    )
    ContainmentPart.objects.bulk_create(
        ContainmentPart(
            containment=containment, prediction_id=judgement, part_id=part, lot=lot, joined_at=now
        )
        for part, lot, judgement in fresh
    )
    for lot, count in lots.items():
        ContainmentLot.objects.get_or_create(containment=containment, lot=lot)
        # who looked for the lot did not look for these
        ContainmentLot.objects.filter(containment=containment, lot=lot).update(
            parts=F("parts") + count,
            waiting=F("waiting") + count,
            pulled=None,
            pulled_by=None,
            pulled_at=None,
        )
    if reopened:
        _reopened(locked, len(fresh))
    return len(fresh)


def _twin(containment: Containment) -> Containment | None:
    """The open one of the same happening, where this one is closed."""
    if containment.state == ContainmentState.OPEN:
        return None
    return Containment.objects.filter(
        asset=containment.asset_id, trigger=containment.trigger, key=containment.key,
        state=ContainmentState.OPEN,
    ).first()  # fmt: skip


def _reopened(containment: Containment, count: int) -> None:
    told(containment, SYSTEM, "reopened", count=count)
    notify(
        to=people_who_may(action="containment.dispose", line=containment.asset.line),
        kind="containment.opened",
        message=gettext_noop("{count} more parts of {asset} are in doubt: {code} is open again."),
        url=reverse("containment", args=[containment.pk]),
        asset=containment.asset.name,
        code=containment.code,
        count=count,
    )
