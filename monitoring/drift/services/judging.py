"""Writing what was judged, and raising alerts from it by ``rules.judging``.

One alert per happening: while a machine has an open alert, readings that move later join it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_with
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from monitoring.alert_events import alert_told
from monitoring.drift.selectors.rows import pieces_of
from monitoring.limits.rules import spans
from monitoring.limits.selectors.budgets import watch_of
from monitoring.models import Alert, Inspection, StatisticPoint, Window
from monitoring.models.alert import AlertKind
from monitoring.readings import ERROR, ReadingWords
from monitoring.rules.judging import (
    Moved,
    Rules,
    Tolerances,
    leader,
    moved,
    ratio,
    still_out,
    weight,
    worsened,
)
from monitoring.transitions import UNRESOLVED, AlertState

CHUNK = 500


def points_write(*, points: Iterable[StatisticPoint], windows: Mapping[int, int]) -> None:
    """Write points (again where they were judged before) and mark the windows {id: n} as judged.

    A window that grew since it was read stays unjudged.
    """
    now = timezone.now()
    rows = list(points)
    with transaction.atomic():
        StatisticPoint.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["asset", "version", "feature", "statistic", "starts"],
            update_fields=["ends", "n", "value", "limit", "shift"],
            batch_size=500,
        )
        for pk, n in windows.items():
            Window.objects.filter(pk=pk, n=n).update(judged_at=now)
        if rows:
            changed(f"judged:{rows[0].asset.slug}")


def inspections_charted(*, told: Sequence[int]) -> None:
    """The errors count these inspections now."""
    now = timezone.now()
    for start in range(0, len(told), CHUNK):
        Inspection.objects.filter(pk__in=told[start : start + CHUNK]).update(charted_at=now)


def spans_assign(*, asset: Asset, version: ModelVersion) -> int:
    """Give windows that have none their span, as the model is watched; how many.

    A window that comes late to a span has the whole span judged again.
    """
    pieces = pieces_of(asset=asset, version=version)
    if not pieces:
        return 0
    watch = watch_of(version.model)
    assigned = spans.assign(pieces, kind=watch.window_kind, parts=watch.window_parts)
    by_span: dict[datetime, list[int]] = {}
    for pk, span in assigned.items():
        by_span.setdefault(span, []).append(pk)
    mine = Window.objects.filter(asset=asset, version=version)
    with transaction.atomic():
        for span, pks in by_span.items():
            mine.filter(pk__in=pks, span=None).update(span=span)
            mine.filter(span=span).update(judged_at=None)
    return len(assigned)


def alert_consider(*, asset: Asset, version: ModelVersion, since: datetime) -> Alert | None:
    """Look at the windows from ``since`` on, each with those before it; open an alert, or let readings join
    the one that is open (``rules.judging``)."""
    tolerances = dict(version.model.features.values_list("key", "tolerance"))
    rules = watch_of(version.model).rules
    mine = StatisticPoint.objects.filter(asset=asset, version=version)
    window = timedelta(seconds=version.model.window_seconds)
    out = moved(mine.filter(starts__gte=_neighbour(mine, since, rules, window)), tolerances, rules)
    alert = None
    for at in sorted(out):
        if at >= since:
            alert = _raise_or_join(asset, version, at, out[at], tolerances, rules) or alert
    return alert


def _neighbour(mine: QuerySet[StatisticPoint], since: datetime, rules: Rules, window: timedelta) -> datetime:
    """The earliest window that may stand in one row with those from ``since`` on; of every reading."""
    earliest = since
    for _step in range(rules.persistence - 1):
        before = mine.filter(starts__lt=earliest).values("feature").annotate(last=Max("starts")).order_by()
        earliest = min((one["last"] for one in before), default=earliest)
    if rules.pause is None:
        return earliest
    return max(earliest, since - rules.persistence * (rules.pause + window))


def _raise_or_join(
    asset: Asset,
    version: ModelVersion,
    at: datetime,
    out: list[Moved],
    tolerances: Tolerances,
    rules: Rules,
) -> Alert | None:
    with transaction.atomic():
        alert = _open_alert(asset)
        if alert is not None:
            return _join(alert, at, out, tolerances, rules)
        quiet = _quiet(asset, version, rules)
        out = [one for one in out if one.key not in quiet]
        if not out:
            return None
        try:
            with transaction.atomic():
                return _open(asset, version, at, out, tolerances)
        except IntegrityError:  # another worker opened it at this moment
            alert = _open_alert(asset)
            return _join(alert, at, out, tolerances, rules) if alert else None


def _open_alert(asset: Asset) -> Alert | None:
    open_ones = Alert.objects.select_for_update(of=("self",)).filter(
        asset=asset, measure=None, state__in=UNRESOLVED
    )
    return open_ones.select_related("asset__line__site", "version__model").order_by("kind").first()


def _join(alert: Alert, at: datetime, out: list[Moved], tolerances: Tolerances, rules: Rules) -> Alert:
    """What became of an open alert is told in its history; what matters to people, by notice too."""
    new = [one for one in out if one.key not in alert.features]
    worse = worsened(alert.features, out, rules)
    newest = max((one.get("last", "") for one in alert.features.values()), default="")
    again = at.isoformat() <= newest  # a window that is judged once more makes nobody lead
    leads = None if again else leader(out, alert.feature, tolerances, rules)
    news = {one.key for one in (*new, *worse)}
    for one in out:
        before = alert.features.get(one.key, {})
        told = ratio(one) if one.key in news else before.get("told", ratio(one))
        alert.features[one.key] = (
            one.stored()
            | _told(told, max(at.isoformat(), before.get("last", "")))
            | ({"first": before["first"]} if before else {})
        )
    if leads is not None:
        alert.feature = leads.key
    alert.save(update_fields=["features", "feature"])
    words = ReadingWords(alert.judged_by.model)
    for one in new:
        alert_told(alert, SYSTEM, "monitoring.alert.joined", reading=words.name(one.key), feature=one.key)
        if one.key == ERROR:
            _notify(alert, gettext_noop("The model on {asset} is wrong more often since its alert"))
    for one in worse:
        reading, times = words.name(one.key), round(ratio(one), 1)
        alert_told(alert, SYSTEM, "monitoring.alert.worse", reading=reading, feature=one.key, times=times)
    if worse:
        worst = max(worse, key=ratio)
        _notify(
            alert,
            gettext_noop("The alert on {asset} got worse: {reading} is {times} times its limit"),
            reading=words.name(worst.key),
            times=round(ratio(worst), 1),
        )
    if leads is not None:
        reading = words.name(leads.key)
        alert_told(alert, SYSTEM, "monitoring.alert.leads", reading=reading, feature=leads.key)
    return alert


def _told(told: float, last: str) -> dict[str, Any]:
    """How far over its limit a reading was when people last heard of it, and its newest window."""
    return {"told": round(told, 6), "last": last}


def _notify(alert: Alert, message: str, **params: str | float) -> None:
    notify(
        to=people_with(role=Role.DOMAIN_EXPERT, line=alert.line),
        kind="alert.worse",
        message=message,
        url=reverse("alert", args=[alert.pk]),
        asset=alert.place,
        **params,
    )


def _quiet(asset: Asset, version: ModelVersion, rules: Rules) -> set[str]:
    """Readings of a resolved alert that have not come back yet."""
    last = Alert.objects.filter(
        asset=asset, version=version, state=AlertState.RESOLVED, resolved_at__gte=timezone.now() - rules.quiet
    )
    quiet: set[str] = set()
    for alert in last:
        points = StatisticPoint.objects.filter(
            asset=asset, version=version, feature__in=alert.features, starts__gte=alert.resolved_at
        )
        quiet |= still_out(points, alert.features, rules)
    return quiet


def _open(
    asset: Asset, version: ModelVersion, at: datetime, out: list[Moved], tolerances: Tolerances
) -> Alert:
    first = max(out, key=lambda one: weight(one, tolerances))
    model_only = all(one.key.startswith(":") for one in out)
    judged = StatisticPoint.objects.filter(asset=asset, version=version)
    alert = Alert.objects.create(
        asset=asset,
        version=version,
        kind=AlertKind.MODEL_DRIFT if model_only else AlertKind.DATA_DRIFT,
        feature=first.key,
        features={one.key: one.stored() | _told(ratio(one), at.isoformat()) for one in out},
        since=min(one.first for one in out),
        known_until=judged.aggregate(last=Max("ends"))["last"],
        opened_at=timezone.now(),
    )
    reading = ReadingWords(version.model).name(first.key)
    alert_told(alert, SYSTEM, "monitoring.alert.opened", reading=reading, feature=first.key)
    notify(
        to=people_with(role=Role.DOMAIN_EXPERT, line=asset.line),
        kind="alert.opened",
        message=gettext_noop("{reading} on {asset} left what the model learned"),
        url=reverse("alert", args=[alert.pk]),
        reading=reading,
        asset=asset.name,
    )
    return alert
