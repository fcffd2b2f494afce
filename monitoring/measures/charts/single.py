"""The drawings of a measure's page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.stacked import StackedChart
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.measures.charts.control import control_panels
from monitoring.measures.charts.marks import HEIGHT, LOW_HEIGHT, changes_of, expected, spans_of
from monitoring.models import Alert, Measure, MeasureValue, ProcessChange
from monitoring.models.measure import ChartKind


def chart_names() -> dict[str, str]:
    return {
        ChartKind.EWMA: "EWMA",
        ChartKind.CUSUM: "CUSUM",
        ChartKind.PAGE_HINKLEY: "Page–Hinkley",
        ChartKind.MEWMA: "MEWMA",
        ChartKind.XBAR_R: "X̄-R",
        ChartKind.XBAR_S: "X̄-S",
        ChartKind.I_MR: "I-MR",
        **{key: key.value for key in (ChartKind.P, ChartKind.NP, ChartKind.C, ChartKind.U)},
    }


def values_panel(
    measure: Measure,
    values: Sequence[MeasureValue],
    alerts: Sequence[Alert],
    changes: Sequence[ProcessChange],
) -> LineChart:
    """The series itself, with its expected band, its reference and what was changed."""
    limits = expected(measure)
    if measure.fitted:
        limits.append(Limit(measure.fitted["mean"], tone="info", above=None))
    points = [Point(one.at, one.value, tone="bad" if one.on else "") for one in values]
    return LineChart(
        str(measure),
        [Series(str(measure), points)],
        unit=measure.unit,
        limits=limits,
        changes=changes_of(measure, changes),
        spans=spans_of(measure, alerts),
        height=HEIGHT,
    )


def statistic_panel(
    measure: Measure, values: Sequence[MeasureValue], alerts: Sequence[Alert]
) -> LineChart | None:
    """How much of its limit the chart has used up, upward and downward."""
    judged = [one for one in values if one.up is not None and one.down is not None]
    if not judged:
        return None
    sides = {"up": _("upward"), "down": _("downward")} if not measure.joint else {"up": _("all together")}
    inside = [
        Point(one.at, 100 * told["spread"], tone="bad" if one.on and told["spread"] > 1 else "")
        for one in judged
        if "spread" in (told := one.carried or {}) and measure.fitted.get("spread")
    ]
    series = []
    for key, label in sides.items():
        if measure.bad in (key, "both"):
            points = [
                Point(one.at, 100 * max(0.0, getattr(one, key)), tone=_tone(one, key)) for one in judged
            ]
            series.append(Series(label, points, tone="info" if key == "up" else "change"))
    if inside:
        series.append(Series(_("spread"), inside, tone="caution"))
    return LineChart(
        _("%(chart)s chart: how much of the limit is used up") % {"chart": chart_names()[measure.chart]},
        series,
        unit="%",
        limits=[Limit(100.0, _("limit · %(promise)s") % {"promise": promise(measure)}, above=True)],
        spans=spans_of(measure, alerts),
        from_zero=True,
        height=LOW_HEIGHT,
    )


def _tone(value: MeasureValue, side: str) -> str:
    """The side that is out stands out, the other one does not."""
    larger = "up" if (value.up or 0.0) >= (value.down or 0.0) else "down"
    return "bad" if value.on and larger == side else ""


def promise(measure: Measure) -> str:
    """“at most 1 false alarm in 20 weeks”."""
    weeks = 1 / measure.share
    return ngettext(
        "at most 1 false alarm in %(weeks)s week", "at most 1 false alarm in %(weeks)s weeks", round(weeks)
    ) % {"weeks": number_text(weeks, 0)}


def model_title(asset: Asset, version: ModelVersion) -> str:
    return _("%(model)s on %(asset)s, version %(number)d: judgements that are right") % {
        "model": version.model,
        "asset": asset,
        "number": version.number,
    }


def whole(
    measure: Measure,
    values: Sequence[MeasureValue],
    alerts: Sequence[Alert],
    changes: Sequence[ProcessChange],
    model: LineChart | None,
) -> StackedChart | None:
    """The series, its chart and the model's measure below one another on one time axis."""
    if not values:
        return None
    own = control_panels if measure.control else lambda *given: [values_panel(*given)]
    panels = [*own(measure, values, alerts, changes), statistic_panel(measure, values, alerts), model]
    return StackedChart(
        _("%(measure)s, %(place)s, over time") % {"measure": measure, "place": measure.place},
        [one for one in panels if one is not None],
        description=_("All panels share the axis of time; each has its own scale."),
    )


def span_of(values: Sequence[MeasureValue]) -> tuple[datetime, datetime] | None:
    return (values[0].at, values[-1].at) if values else None
