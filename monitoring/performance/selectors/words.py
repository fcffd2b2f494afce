"""“How well, how sure”: a version's performance without and with truths, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import Performance


def measure_names() -> dict[str, str]:
    return {
        "accuracy": _("right"),
        "macro_f1": _("macro F1"),
        "missed_rate": _("defects missed"),
        "false_reject_rate": _("good parts rejected"),
    }


@dataclass(frozen=True, slots=True)
class ExpectedAndSeen:
    """One measure of the newest stretch: expected and seen, each {"value", "low", "high"} in percent or
    None."""

    name: str
    expected: dict[str, float] | None
    seen: dict[str, float] | None
    apart: bool


def expected_and_seen(rows: Sequence[Performance]) -> list[ExpectedAndSeen]:
    """Each measure of the newest stretch that has truths, else of the newest one."""
    if not rows:
        return []
    row = next((one for one in reversed(rows) if one.seen), rows[-1])
    measures = []
    for key, name in measure_names().items():
        expected, seen = _percent(row.expected.get(key)), _percent(row.seen.get(key))
        apart = bool(expected and seen and (expected["high"] < seen["low"] or seen["high"] < expected["low"]))
        if expected or seen:
            measures.append(ExpectedAndSeen(name, expected, seen, apart))
    return measures


def _percent(interval: dict[str, float] | None) -> dict[str, float] | None:
    return {key: 100 * value for key, value in interval.items()} if interval else None


def counts(rows: Sequence[Performance]) -> dict[str, Any]:
    """How many parts stand behind it, and where their truths are from."""
    judged, truths = sum(one.n for one in rows), round(sum(one.truths for one in rows))
    present = {one.source for one in rows if one.source}
    sources = {"inspection": _("inspection"), "label": _("answers about the random share")}
    return {
        "judged": ngettext("%(count)s judgement", "%(count)s judgements", judged)
        % {"count": number_text(judged)},
        "truths": ngettext("%(count)s part with a truth", "%(count)s parts with a truth", truths)
        % {"count": number_text(truths)},
        "sources": ", ".join(words for key, words in sources.items() if key in present),
    }
