"""The drawings of a joint measure: its parts below one another, and T² of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.stacked import StackedChart
from monitoring.measures.charts import single as charts
from monitoring.measures.charts.marks import changes_of, spans_of
from monitoring.measures.selectors.measures import series
from monitoring.measures.selectors.parts import parts_of
from monitoring.models import Alert, Measure, MeasureValue, ProcessChange

PART_HEIGHT = 120.0


def joint_whole(
    measure: Measure,
    values: Sequence[MeasureValue],
    alerts: Sequence[Alert],
    changes: Sequence[ProcessChange],
    *,
    since: datetime | None,
    until: datetime | None = None,
    order: Sequence[Measure] = (),
) -> StackedChart | None:
    """``order``: the parts as they are to stand, otherwise as they are stored; ``since``: where they
    begin."""
    parts = parts_of(measure)
    means = _means(measure, parts)
    begin = since if since is not None or not values else _beginning(measure, values)
    panels = []
    for part in order or parts:
        part_values = series(part, since=begin, until=until)
        if part_values:
            panels.append(_part_panel(measure, part, part_values, means.get(part.pk), alerts, changes))
    if not panels:
        return None
    statistic = charts.statistic_panel(measure, values, alerts)
    return StackedChart(
        _("%(measure)s, %(place)s, over time") % {"measure": measure, "place": measure.place},
        [*panels, *([statistic] if statistic else [])],
        description=_("All panels share the axis of time; each has its own scale."),
    )


def _beginning(measure: Measure, values: Sequence[MeasureValue]) -> datetime:
    """Parts begin with the reference where it is near, otherwise with the first value of T²."""
    first, last = values[0].at, values[-1].at
    begins = measure.reference_from
    near = begins is not None and first - begins < 2 * (last - first) + timedelta(hours=1)
    return begins if begins is not None and near else first


def _means(measure: Measure, parts: Sequence[Measure]) -> dict[int, float]:
    if not measure.fitted:
        return {}
    stored = measure.fitted["parts"]
    return {part.pk: one["mean"] for part, one in zip(parts, stored, strict=False)}


def _part_panel(
    measure: Measure,
    part: Measure,
    values: Sequence[MeasureValue],
    mean: float | None,
    alerts: Sequence[Alert],
    changes: Sequence[ProcessChange],
) -> LineChart:
    several = measure.asset is None and part.asset is not None
    title = f"{part}, {part.asset}" if several else str(part)
    here = [one for one in changes if part.asset_id in (None, one.asset_id)]
    return LineChart(
        title,
        [Series(title, [Point(one.at, one.value) for one in values])],
        unit=part.unit,
        limits=[Limit(mean, tone="info", above=None)] if mean is not None else [],
        changes=changes_of(part, here),
        spans=spans_of(measure, alerts),
        height=PART_HEIGHT,
    )
