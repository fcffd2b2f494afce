"""The control chart: a line with its centre and its control limits (Shewhart; ISO 7870-2). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series, Span
from mlops_portal.foundation.shell.charts.line import LineChart


def control_chart(
    title: str,
    points: Sequence[Point],
    *,
    centre: float,
    lower: float,
    upper: float,
    label: str,
    unit: str = "",
    lower_label: str = "",
    upper_label: str = "",
    centre_label: str = "",
    spans: Sequence[Span] = (),
    description: str = "",
) -> LineChart:
    """Points outside ``lower``..``upper`` stand out; ``centre`` is drawn beside the limits."""
    return LineChart(
        title,
        [Series(label, points)],
        unit=unit,
        limits=(
            Limit(upper, upper_label, above=True),
            Limit(centre, centre_label, tone="quiet", above=None),
            Limit(lower, lower_label, above=False),
        ),
        spans=spans,
        description=description,
    )
