"""Whether what an alert is about is back inside its limits, since when, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import local_text
from monitoring.models import Alert, Prediction, ProcessChange, StatisticPoint
from monitoring.models.process import ChangeKind

WINDOWS = 2  # as many as it takes to raise one
BEFORE = timedelta(minutes=45)
SEEN = (ChangeKind.TOOL, ChangeKind.LOT, ChangeKind.RECIPE)  # of which nodes tell with every part


@dataclass(frozen=True, slots=True)
class Back:
    """``by``: “Tool 52 → 53”, "" where nothing is known to have changed; ``seen``: a node told of it and no
    person recorded it."""

    since: datetime
    by: str
    seen: bool


def back_inside(alert: Alert) -> Back | None:
    """None while a reading of the alert is over its limit, or too few windows have come since."""
    if alert.asset is None or alert.version is None:
        return None
    points = StatisticPoint.objects.filter(
        asset=alert.asset, version=alert.version, feature__in=list(alert.features), starts__gte=alert.since
    )
    if alert.resolved_at:
        points = points.filter(starts__lte=alert.resolved_at)
    last = points.filter(value__gt=F("limit")).order_by("-starts").values_list("starts", flat=True).first()
    if last is None:
        return None
    inside = points.filter(starts__gt=last).order_by("starts").values_list("starts", flat=True).distinct()
    first = list(inside[:WINDOWS])
    if len(first) < WINDOWS:
        return None
    return _by(alert, last, first[0])


def _by(alert: Alert, last: datetime, since: datetime) -> Back:
    """The newest change that people recorded shortly before, else what parts before and after differ in."""
    recorded = ProcessChange.objects.filter(asset=alert.asset, at__gt=last - BEFORE, at__lte=since)
    change = recorded.order_by("-at").first()
    if change is not None:
        old = _before(alert, change)
        now = change.value or _("another")
        said = f"{old} → {now}" if old and old != change.value else now
        return Back(since, f"{change.get_kind_display()} {said}", False)
    parts = Prediction.objects.filter(asset=alert.asset)
    then = parts.filter(at__lte=last).order_by("-at").first()
    after = parts.filter(at__gte=since).order_by("at").first()
    for kind in SEEN:
        was, is_now = (getattr(one, kind.value, "") if one else "" for one in (then, after))
        if was and is_now and was != is_now:
            return Back(since, f"{kind.label} {was} → {is_now}", True)
    return Back(since, "", False)


def _before(alert: Alert, change: ProcessChange) -> str:
    """What it was before: as the node told with the part before, else as the change before says."""
    if change.kind in SEEN:
        part = Prediction.objects.filter(asset=alert.asset, at__lt=change.at).order_by("-at").first()
        if part is not None and getattr(part, change.kind):
            return str(getattr(part, change.kind))
    older = ProcessChange.objects.filter(asset=alert.asset, kind=change.kind, at__lt=change.at)
    return older.order_by("-at").values_list("value", flat=True).first() or ""


def back_words(back: Back | None) -> str:
    """“Back inside its limits since 14:10, after Tool 52 → 53.”"""
    if back is None:
        return ""
    words = {"since": local_text(back.since, "short", timezone.now()), "by": back.by}
    if not back.by:
        text = _("Back inside its limits since %(since)s; nobody recorded a change, and parts show none.")
    elif back.seen:
        text = _("Back inside its limits since %(since)s, after %(by)s (seen by the node, not recorded).")
    else:
        text = _("Back inside its limits since %(since)s, after %(by)s.")
    return text % words
