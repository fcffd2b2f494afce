"""Back-tests in words: one line for a list, and figures for a page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.above.backtests.transitions import Kind, State
from monitoring.catalogue import JOINT, STATISTICS, name_of

METRICS = {
    "accuracy": lambda: _("accuracy"),
    "macro_f1": lambda: _("macro F1"),
    "average_precision": lambda: _("average precision"),
    "error": lambda: _("share of wrong rows"),
    "balanced_error": lambda: _("balanced error"),
    "absolute_error": lambda: _("absolute error, relative to the median"),
}


def metric_words(name: str) -> str:
    """A measure as people call it."""
    words = METRICS.get(name)
    return words() if words else name


def statistic_words(feature: str, key: str) -> str:
    """“pressure · Largest distance”; a statistic of all readings together says so itself."""
    known = STATISTICS.get(key)
    return name_of(key) if known and JOINT in known.of else f"{feature} · {name_of(key)}"


def lead_words(stored: str) -> str:
    """As ``statistic_words``, of a name as results keep it: “pressure · ks”; a column's name may hold “·”."""
    feature, dot, key = stored.rpartition(" · ")
    return statistic_words(feature, key) if dot else stored


def outcome(test: BackTest) -> str:
    """What came out, in one line."""
    if test.state == State.FAILED:
        return test.error
    if test.state != State.DONE:
        return "–"
    summary = test.summary
    match Kind(test.kind):
        case Kind.DRIFT:
            return _drift(summary)
        case Kind.LABELING:
            return _labeling(summary)
        case Kind.RETRAIN:
            return _retrain(summary)


def _drift(summary: dict[str, Any]) -> str:
    n = summary["alerts"]
    sentence = ngettext("%(n)d alert in %(windows)d windows", "%(n)d alerts in %(windows)d windows", n) % {
        "n": n,
        "windows": summary["windows"],
    }
    if "found" not in summary:
        return sentence
    if not summary["found"]:
        return _("%(said)s; the change was not found, %(false)d false") % {
            "said": sentence,
            "false": summary["false"],
        }
    return _("%(said)s; the change was found after %(delay)d rows, %(false)d false") % {
        "said": sentence,
        "delay": summary["delay"],
        "false": summary["false"],
    }


def _labeling(summary: dict[str, Any]) -> str:
    apart = summary["difference"]
    if apart["low"] > 0:
        return _("better than chance by %(mean).3f (%(low).3f to %(high).3f)") % apart
    if apart["high"] < 0:
        return _("worse than chance by %(mean).3f (%(low).3f to %(high).3f)") % {
            "mean": -apart["mean"],
            "low": -apart["high"],
            "high": -apart["low"],
        }
    return _("no different from chance: %(mean).3f (%(low).3f to %(high).3f)") % apart


def _retrain(summary: dict[str, Any]) -> str:
    n = summary["retrains"]
    return ngettext(
        "%(n)d training, error %(error)s instead of %(never)s",
        "%(n)d trainings, error %(error)s instead of %(never)s",
        n,
    ) % {"n": n, "error": _three(summary["error"]), "never": _three(summary["never_error"])}


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
