"""Several plots below one another on one time axis, each with its own scale. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing.canvas import Canvas, Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Data, Drawn, Legend, data
from mlops_portal.foundation.shell.charts.drawing.numbers import MISSING
from mlops_portal.foundation.shell.charts.drawing.points import spots
from mlops_portal.foundation.shell.charts.drawing.scales import clip_text, time_extent
from mlops_portal.foundation.shell.charts.line import LineChart

HEAD, GAP = 22.0, 10.0
LEFT = 64.0


@dataclass(frozen=True, slots=True)
class StackedChart:
    """``panels`` share the axis of time and nothing else; each has its title above it."""

    title: str
    panels: Sequence[LineChart]
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        x = time_extent(
            spot.x for panel in self.panels for series in panel.series for spot in spots(series.points)
        )
        canvas = Canvas(pen, pen.width, 0)
        left = max([LEFT, *(panel.painted(pen, x, LEFT)[0].left for panel in self.panels)])
        y, tables = 0.0, []
        legend: dict[Legend, None] = {}
        for panel in self.panels:
            canvas.text(0, y + 15, clip_text(panel.title, pen.width, 13), "c-strong")
            frame, spots_of_lines, timed = panel.painted(pen, x, left)
            canvas.links += frame.canvas.links
            canvas.parts += [f'<g transform="translate(0 {y + HEAD:.1f})">', *frame.canvas.parts, "</g>"]
            y += HEAD + panel.height + GAP
            tables.append(panel.table(spots_of_lines, pen, timed))
            legend |= dict.fromkeys(panel.legend())
        canvas.height = max(1.0, y - GAP)
        svg = canvas.render(self.title, self.description)
        return Drawn(svg, _joined(tables), tuple(legend))


def _joined(tables: Sequence[Data]) -> Data:
    """One table: a row for each moment, a column for each series of each panel."""
    if not tables:
        return data((), [])
    width = sum(len(one.headers) - 1 for one in tables)
    rows: dict[str, list[str]] = {}
    first = 0
    for one in tables:
        for row in one.rows:
            cells = rows.setdefault(row[0], [MISSING] * width)
            cells[first : first + len(row) - 1] = row[1:]
        first += len(one.headers) - 1
    headers = (tables[0].headers[0], *(name for one in tables for name in one.headers[1:]))
    joined = data(headers, [(at, *cells) for at, cells in rows.items()])
    return Data(joined.headers, joined.rows, joined.left_out + max(one.left_out for one in tables))
