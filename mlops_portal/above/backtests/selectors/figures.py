"""The figures of a back-test, by name; the same for all of a kind, so that they stand side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.above.backtests.selectors.backtest_words import metric_words
from mlops_portal.above.backtests.transitions import Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is a number or a word; ``digits`` of the number."""

    title: str
    value: Any
    unit: str = ""
    digits: int | None = None


def figures(test: BackTest) -> list[Figure]:
    """For a back-test that is done."""
    summary = test.summary
    match Kind(test.kind):
        case Kind.DRIFT:
            return _drift(test, summary)
        case Kind.LABELING:
            return _labeling(summary)
        case Kind.RETRAIN:
            return [
                Figure(_("Trainings"), summary["retrains"]),
                Figure(_("Error with it"), summary["error"], digits=3),
                Figure(_("Error without"), summary["never_error"], digits=3),
                Figure(_("Labels used"), summary["labels"]),
            ]


def _drift(test: BackTest, summary: dict[str, Any]) -> list[Figure]:
    promised = test.parameters["false_alarms"] / 1000 * summary.get("windows_before", summary["windows"])
    made = [
        Figure(_("Alerts"), summary["alerts"]),
        Figure(_("Windows"), summary["windows"]),
        Figure(_("Windows in alarm"), summary.get("in_alarm")),
        Figure(_("Readings watched"), summary["features"]),
        Figure(_("False alarms allowed"), promised, digits=2),
    ]
    if "found" in summary:
        made += [
            Figure(_("False alarms"), summary["false"]),
            Figure(_("Found"), _("yes") if summary["found"] else _("no")),
            Figure(_("Found after"), summary["delay"], _("rows")),
        ]
    return made


def _labeling(summary: dict[str, Any]) -> list[Figure]:
    name = metric_words(summary["metric"])
    saved = summary["saved"]
    return [
        Figure(_("Mean %(measure)s") % {"measure": name}, summary["aubc"], digits=3),
        Figure(_("By chance"), summary["random_aubc"], digits=3),
        Figure(_("With all labels"), summary["last"], digits=3),
        Figure(
            _("As good as chance with %(of)d labels after") % {"of": saved["of"]}
            if saved
            else _("As good as chance"),
            saved["labels"] if saved else _("never"),
            _("labels") if saved else "",
        ),
    ]
