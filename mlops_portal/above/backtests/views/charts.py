"""The pictures of back-tests, of one or of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.above.backtests.selectors.backtest_words import lead_words, metric_words
from mlops_portal.above.backtests.selectors.backtests import labels_of
from mlops_portal.above.backtests.transitions import Kind
from mlops_portal.foundation.shell.charts.curves import Curve, CurvesChart
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.charts.drawing.points import Change, Limit

TONES = ("info", "change", "caution", "good")
MOST_MARKS = 60
HIGHEST = 12.0
"""A statistic may be a thousand times its limit; the picture ends here, the table has the number."""


def offset(test: BackTest) -> int:
    """The row of its table at which the stream begins: after the rows that were the reference."""
    return int(test.result.get("offset", 0))


def chart_of(tests: Sequence[BackTest]) -> Chart:
    """One picture with the curves of all; they are done and of one kind."""
    labels = labels_of(tests) if len(tests) > 1 else [""]
    match Kind(tests[0].kind):
        case Kind.DRIFT:
            return _drift(tests, labels)
        case Kind.LABELING:
            return _labeling(tests, labels)
        case Kind.RETRAIN:
            return _retrain(tests, labels)


def _drift(tests: Sequence[BackTest], labels: list[str]) -> CurvesChart:
    curves = [
        Curve(
            label or _("largest statistic"),
            [(row[1] + offset(test), min(row[3], HIGHEST)) for row in test.result["rows"]],
            tone=TONES[place],
            dash=place,
        )
        for place, (test, label) in enumerate(zip(tests, labels, strict=True))
    ]
    first = tests[0]
    alerts = [row + offset(first) for row in first.result["alerts"][:MOST_MARKS]]
    marks = [Change(row, _("alert from row %(row)d") % {"row": row}) for row in alerts]
    starts = tests[0].parameters.get("starts")
    return CurvesChart(
        _("Each window's largest statistic, as a multiple of its limit"),
        curves,
        x_unit=_("row"),
        limits=[Limit(1.0, _("limit"))],
        marks=marks if len(tests) == 1 else ([Change(starts, _("the change"))] if starts is not None else []),
        from_zero=True,
        description=_("Above 1 a limit was crossed. Values above %(most)d are drawn at %(most)d.")
        % {"most": HIGHEST},
    )


def course_charts(test: BackTest) -> list[Chart]:
    """The readings that led the alerts, each beside its limit."""
    charts: list[Chart] = []
    ends = [row[1] + offset(test) for row in test.result["rows"]]
    for stored, pairs in test.result["course"].items():
        name = lead_words(stored)
        value = Curve(name, [(at, pair[0]) for at, pair in zip(ends, pairs, strict=True)])
        limit = Curve(
            _("limit"), [(at, pair[1]) for at, pair in zip(ends, pairs, strict=True)], tone="bad", dash=1
        )
        charts.append(CurvesChart(name, [value, limit], x_unit=_("row"), from_zero=True, height=220))
    return charts


def _labeling(tests: Sequence[BackTest], labels: list[str]) -> CurvesChart:
    curves = []
    for place, (test, label) in enumerate(zip(tests, labels, strict=True)):
        shown = test.result
        curves.append(
            _with_band(label or _("this strategy"), shown["labels"], shown["strategy"], TONES[place], place)
        )
    chance = tests[0].result
    curves.insert(0, _with_band(_("chance"), chance["labels"], chance["random"], "quiet", 1))
    return CurvesChart(
        _("%(measure)s on held-out rows, by labels spent")
        % {"measure": metric_words(tests[0].result["metric"]).capitalize()},
        curves,
        x_unit=_("labels"),
        description=_("The bands are one standard deviation of the repetitions."),
    )


def _with_band(label: str, at: list[int], curve: dict[str, list[float]], tone: str, dash: int) -> Curve:
    band = [(mean - sd, mean + sd) for mean, sd in zip(curve["mean"], curve["sd"], strict=True)]
    return Curve(label, list(zip(at, curve["mean"], strict=True)), band, tone, dash)


def _retrain(tests: Sequence[BackTest], labels: list[str]) -> CurvesChart:
    first = tests[0]
    curves = [Curve(_("without a training"), _errors(first.result["windows"], "never_error"), (), "quiet", 1)]
    for place, (test, label) in enumerate(zip(tests, labels, strict=True)):
        points = _errors(test.result["windows"], "error")
        curves.append(Curve(label or _("with this trigger"), points, (), TONES[place], place))
    marks = [Change(row, _("training at row %(row)d") % {"row": row}) for row in first.result["retrains"]]
    return CurvesChart(
        _("Error in each window: %(measure)s") % {"measure": metric_words(first.result["metric"])},
        curves,
        x_unit=_("row"),
        marks=marks if len(tests) == 1 else [],
        from_zero=True,
    )


def _errors(windows: list[dict[str, Any]], key: str) -> list[tuple[float, float | None]]:
    return [(one["end_row"], one[key]) for one in windows]
