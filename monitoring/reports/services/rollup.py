"""Merging what is old to hours, days and months.

- Windows become hours, hours days, days months, each kept as long as the model's ``Watch`` says; a month no
  longer tells lots apart.
- The coarser rows grow and the finer ones go in one transaction, with one event: nothing is counted twice or
  lost, whatever fails.
- A window that was not judged stays, and so does all that an alert which is not resolved speaks of.
- What comes late for an hour that was merged is merged to it by the next round (``services.merging`` keeps it
  from being judged alone).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import merge
from monitoring.limits.selectors.budgets import watch_of
from monitoring.models import Alert, Rollup, Window
from monitoring.models.window import Counted, Resolution
from monitoring.reports.rules import resolutions
from monitoring.rules.encoding import encode, layout_of
from monitoring.transitions import UNRESOLVED

AT_ONCE = 2_000
FINER = {Resolution.DAY: Resolution.HOUR, Resolution.MONTH: Resolution.DAY}


def windows_roll_up(*, asset: Asset, version: ModelVersion, now: datetime | None = None) -> int:
    """Merge what is older than it is kept, one resolution after the other; how many rows went."""
    moment = now or timezone.now()
    watch = watch_of(version.model)
    days_kept = {
        Resolution.HOUR: watch.keep_windows,
        Resolution.DAY: watch.keep_hours,
        Resolution.MONTH: watch.keep_days,
    }
    gone = 0
    for resolution, days in days_kept.items():
        cut = resolutions.before(moment, days, resolution)
        while merged := _merge(asset, version, resolution, cut):
            gone += merged
    return gone


def _old(asset: Asset, version: ModelVersion, resolution: Resolution, cut: datetime) -> QuerySet[Counted]:
    """What is to become rows of ``resolution``."""
    if resolution == Resolution.HOUR:
        mine = Window.objects.filter(asset=asset, version=version, starts__lt=cut, judged_at__isnull=False)
        about = Alert.objects.filter(version=version, state__in=UNRESOLVED).aggregate(first=Min("since"))
        first = about["first"]
        return mine.filter(starts__lt=first) if first is not None else mine
    return Rollup.objects.filter(asset=asset, version=version, grain=FINER[resolution], starts__lt=cut)


def _merge(asset: Asset, version: ModelVersion, resolution: Resolution, cut: datetime) -> int:
    with transaction.atomic():
        old = _old(asset, version, resolution, cut).select_for_update(of=("self",)).order_by("starts", "pk")
        finer = list(old[:AT_ONCE])
        if not finer:
            return 0
        made = _add(asset, version, resolution, finer)
        type(finer[0])._default_manager.filter(pk__in=[one.pk for one in finer]).delete()
        event_record(
            type="monitoring.windows.rolled_up",
            actor=SYSTEM,
            subjects=[asset.ref("at"), asset.line.ref("on"), version.ref()],
            public={
                "name": asset.name,
                "grain": resolution.value,
                "count": len(finer),
                "rows": made,
                "parts": sum(one.n for one in finer),
                "since": finer[0].starts.isoformat(),
                "until": max(one.ends for one in finer).isoformat(),
            },
        )
    return len(finer)


def _add(asset: Asset, version: ModelVersion, resolution: Resolution, finer: Iterable[Counted]) -> int:
    """Add finer rows to those of ``resolution``; how many of these there are."""
    layout = layout_of(version.reference.get("features", {}))
    groups: dict[tuple[datetime, str, str, str], list[Counted]] = {}
    for one in finer:
        lot = "" if resolution == Resolution.MONTH else one.lot
        groups.setdefault((resolutions.floor(one.starts, resolution), lot, one.recipe, one.shift), []).append(
            one
        )
    for (starts, lot, recipe, shift), rows in sorted(groups.items()):
        row, _made = Rollup.objects.select_for_update().get_or_create(
            asset=asset,
            version=version,
            grain=resolution,
            lot=lot,
            recipe=recipe,
            shift=shift,
            starts=starts,
            defaults={"ends": resolutions.end(starts, resolution)},
        )
        for one in rows:
            row.n += one.n
            row.ends = max(row.ends, one.ends)
            row.counts = merge.add_by_feature(row.counts, one.counts)
            row.moments = merge.add_moments_by_feature(row.moments, one.moments)
            row.classes = merge.add_by_key(row.classes, one.classes)
            row.confidence = merge.add_counts(row.confidence, one.confidence)
        row.packed = encode(row.counts, row.moments, layout, row.n)
        row.save()
    return len(groups)
