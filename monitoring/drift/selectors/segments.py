"""Windows around an alert by machine, lot, recipe and shift, and the sentence that says where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import local_text, number_text
from monitoring.drift.selectors.drift import BEFORE
from monitoring.models import Alert, Window

DIMENSIONS = ("asset", "lot", "recipe", "shift")
MOST = 2000
AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Segment:
    """One window, by what it can be told apart by."""

    key: tuple[str, ...]
    starts: datetime
    counts: dict[str, list[int]]
    moments: dict[str, list[float]]
    classes: dict[str, int]
    confidence: list[int]


def segment_windows(alert: Alert) -> list[Segment]:
    """The newest windows from 12 hours before the alert's beginning, on all machines with its version."""
    windows = Window.objects.filter(version=alert.version, starts__gte=alert.since - BEFORE)
    if alert.resolved_at:
        windows = windows.filter(starts__lte=alert.resolved_at + AFTER)
    rows = windows.order_by("-starts", "-pk").values_list(
        *("asset__name", "lot", "recipe", "shift", "starts", "counts", "moments", "classes", "confidence")
    )
    return [Segment(tuple(row[:4]), *row[4:]) for row in rows[:MOST]][::-1]


def slice_words(names: Mapping[str, str]) -> str:
    """“Press 4, lot 7731”."""
    said = {
        "asset": "%s",
        "lot": _("lot %s"),
        "recipe": _("recipe %s"),
        "shift": _("shift %s"),
    }
    return ", ".join(said[key] % names[key] for key in DIMENSIONS if key in names)


def where_sentence(contrast: Mapping[str, Any] | None) -> str:
    """“82 % of this drift is Press 4, lot 7731, since 14:10”; "" where nothing was worked out."""
    if not contrast or contrast["segments_all"] < 2:
        return ""
    best = contrast["best"]
    if best is None or not best["names"]:
        return _("No machine, lot, recipe or shift stands out: the drift is in all of them.")
    facts = {
        "share": number_text(min(100.0, 100 * best["share"]), 0),
        "parts": number_text(100 * best["parts"], 0),
        "slice": slice_words(best["names"]),
    }
    if best["since"]:
        moment = datetime.fromisoformat(best["since"])
        facts["since"] = local_text(moment, "short", timezone.now())
        return (
            _("%(share)s %% of this drift is %(slice)s, since %(since)s (%(parts)s %% of the parts).") % facts
        )
    return _("%(share)s %% of this drift is %(slice)s (%(parts)s %% of the parts).") % facts
