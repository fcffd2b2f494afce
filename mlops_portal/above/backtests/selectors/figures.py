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
    found = test.summary
    match Kind(test.kind):
        case Kind.DRIFT:
            return _drift(test, found)
        case Kind.LABELING:
            return _labeling(found)
        case Kind.RETRAIN:
            return [
                Figure(_("Trainings"), found["retrains"]),
                Figure(_("Error with it"), found["error"], digits=3),
                Figure(_("Error without"), found["never_error"], digits=3),
                Figure(_("Labels used"), found["labels"]),
            ]


def _drift(test: BackTest, found: dict[str, Any]) -> list[Figure]:
    promised = test.parameters["false_alarms"] / 1000 * found.get("windows_before", found["windows"])
    made = [
        Figure(_("Alerts"), found["alerts"]),
        Figure(_("Windows"), found["windows"]),
        Figure(_("Readings watched"), found["features"]),
        Figure(_("False alarms allowed"), promised, digits=2),
    ]
    if "found" in found:
        made += [
            Figure(_("False alarms"), found["false"]),
            Figure(_("Outcome"), _("yes") if found["found"] else _("no")),
            Figure(_("Outcome after"), found["delay"], _("rows")),
        ]
    return made


def _labeling(found: dict[str, Any]) -> list[Figure]:
    name = metric_words(found["metric"])
    saved = found["saved"]
    return [
        Figure(_("Mean %(measure)s") % {"measure": name}, found["aubc"], digits=3),
        Figure(_("By chance"), found["random_aubc"], digits=3),
        Figure(_("With all labels"), found["last"], digits=3),
        Figure(
            _("As good as chance with %(of)d labels after") % {"of": saved["of"]}
            if saved
            else _("As good as chance"),
            saved["labels"] if saved else _("never"),
            _("labels") if saved else "",
        ),
    ]
