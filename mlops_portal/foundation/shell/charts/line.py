"""Values over time (or over a count): limits, recorded process changes, shaded spans, linked points. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mlops_portal.foundation.shell.charts.drawing import frame as frames
from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Data, Drawn, Legend, data
from mlops_portal.foundation.shell.charts.drawing.numbers import MISSING, text
from mlops_portal.foundation.shell.charts.drawing.points import (
    Change,
    Limit,
    Series,
    Span,
    Spot,
    segments,
    spots,
    thin,
    x_of,
)
from mlops_portal.foundation.shell.charts.drawing.scales import (
    clip_text,
    extent,
    text_width,
    time_extent,
    usable,
)
from mlops_portal.foundation.shell.charts.drawing.times import moment_text

DOTS = 60  # more points than this are a line only, except where they are off


@dataclass(frozen=True, slots=True)
class LineChart:
    """One or more series on one axis, in one ``unit``.

    Points beyond a limit stand out by colour, dot and title. Values that are missing,
    infinite or absurd leave a gap. ``from_zero`` holds zero on the axis.
    """

    title: str
    series: Sequence[Series]
    unit: str = ""
    x_unit: str = ""
    limits: Sequence[Limit] = ()
    changes: Sequence[Change] = ()
    spans: Sequence[Span] = ()
    from_zero: bool = False
    height: float = 250
    description: str = ""
    timed: bool | None = field(default=None)

    def draw(self, pen: Pen) -> Drawn:
        frame, spots_of_lines, timed = self.painted(pen)
        svg = frame.canvas.render(self.title, self.description)
        return Drawn(svg, self.table(spots_of_lines, pen, timed), self.legend())

    def painted(
        self, pen: Pen, x: tuple[float, float] | None = None, least_left: float = 8.0
    ) -> tuple[frames.Frame, list[list[Spot]], bool]:
        """The plot on a sheet of its own, the spots of each series, and whether x is time.

        ``x``: the extent of the axis where other plots share it; ``least_left``: room left of the plot.
        """
        spots_of_lines = [spots(series.points) for series in self.series]
        timed = self.timed
        if timed is None:
            timed = any(isinstance(p.at, datetime) for series in self.series for p in series.points)
        ys = [spot.y for line in spots_of_lines for spot in line] + [limit.value for limit in self.limits]
        ys += [0.0] if self.from_zero else []
        ys += [end for line in spots_of_lines for spot in line for end in (spot.point.low, spot.point.high)]
        x = x or (time_extent if timed else extent)(spot.x for line in spots_of_lines for spot in line)
        top = frames.TOP + (12 if len(self.changes) > 1 else 0)
        frame = frames.make(
            pen,
            self.height,
            x,
            extent(ys),
            timed=timed,
            unit=self.unit,
            x_unit=self.x_unit,
            top=top,
            least_left=least_left,
        )
        self._spans(frame)
        self._limits(frame)
        for series, line in zip(self.series, spots_of_lines, strict=True):
            for run in segments(line):
                self._ribbon(frame, series.tone, run)
        for series, line in zip(self.series, spots_of_lines, strict=True):
            self._line(frame, series, line, timed)
        self._changes(frame)
        return frame, spots_of_lines, timed

    def _spans(self, frame: frames.Frame) -> None:
        for span in self.spans:
            start = x_of(span.start)
            end = frame.x.high if span.end is None else x_of(span.end)
            if not (usable(start) and usable(end)):
                continue
            left, right = (min(max(frame.x(at), frame.left), frame.right) for at in (start, end))
            if right > left:
                frame.canvas.add(
                    "rect", f"c-span c-soft-{span.tone}", span.label,
                    x=left, y=frame.top, width=right - left, height=frame.bottom - frame.top,
                )  # fmt: skip

    def _limits(self, frame: frames.Frame) -> None:
        edge = float("inf")
        for limit in sorted(self.limits, key=lambda limit: limit.value if usable(limit.value) else 0.0):
            if not usable(limit.value):
                continue
            y = frame.y(limit.value)
            frame.canvas.add(
                "line",
                f"c-limit c-stroke-{limit.tone}",
                limit.label,
                x1=frame.left,
                x2=frame.right,
                y1=y,
                y2=y,
            )
            if limit.label and y <= edge - 15:
                for words in reversed(self._lines(limit.label, frame.right - frame.left - 8)):
                    y -= 6 if y == frame.y(limit.value) else 15
                    beside = (
                        text_width(self.unit, 14) + 8 if self.unit and y < frame.top else 0.0
                    )  # the unit's place
                    frame.canvas.text(
                        frame.left + 6 + beside, y, words, f"c-halo c-text-{limit.tone}", size=12
                    )
                edge = y

    def _lines(self, label: str, width: float) -> list[str]:
        """The label in one line, or broken where it says so with a dot."""
        if text_width(label, 12) <= width:
            return [label]
        return [clip_text(part, width, 12) for part in label.split(" · ")]

    def _line(self, frame: frames.Frame, series: Series, line_spots: list[Spot], timed: bool) -> None:
        shown = thin(line_spots, int(frame.right - frame.left))
        for run in segments(shown):
            places = [(frame.x(spot.x), frame.y(spot.y or 0.0)) for spot in run]
            if len(places) == 1:
                frame.canvas.add("circle", f"c-fill-{series.tone}", cx=places[0][0], cy=places[0][1], r=3)
                continue
            path = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(places))
            frame.canvas.add("path", f"c-line c-stroke-{series.tone}", d=path)
        for spot in shown:
            if spot.y is None:
                continue
            off = next((limit.tone for limit in self.limits if limit.crossed(spot.y)), "")
            tone = spot.point.tone or off
            if not (tone or spot.point.href or len(shown) <= DOTS):
                continue
            self._dot(frame, series, spot, tone, timed)

    def _ribbon(self, frame: frames.Frame, tone: str, run: list[Spot]) -> None:
        """The intervals of a run, where its points have any; a single one is a bar."""
        known = [
            (frame.x(spot.x), frame.y(spot.point.low), frame.y(spot.point.high))
            for spot in run
            if spot.point.low is not None
            and spot.point.high is not None
            and usable(spot.point.low)
            and usable(spot.point.high)
        ]
        if not known:
            return
        if len(known) == 1:
            known = [(known[0][0] - 3, *known[0][1:]), (known[0][0] + 3, *known[0][1:])]
        there = [f"{x:.1f} {high:.1f}" for x, _low, high in known]
        back = [f"{x:.1f} {low:.1f}" for x, low, _high in reversed(known)]
        frame.canvas.add("path", f"c-span c-soft-{tone}", d=f"M{' L'.join([*there, *back])} Z")

    def _dot(self, frame: frames.Frame, series: Series, spot: Spot, tone: str, timed: bool) -> None:
        pen = frame.canvas.pen
        value = f"{text(spot.y, pen.notation)} {self.unit}".strip()
        words = " · ".join(
            filter(None, (self._x_text(spot.x, pen, timed), series.label, value, spot.point.note))
        )
        x, y = frame.x(spot.x), frame.y(spot.y or 0.0)
        with frame.canvas.link(spot.point.href, words):
            if tone:
                frame.canvas.add("circle", f"c-fill-{tone}", cx=x, cy=y, r=4.2)
            frame.canvas.add("circle", "c-hit", words, cx=x, cy=y, r=9)

    def _changes(self, frame: frames.Frame) -> None:
        rows = [frame.left, frame.left]  # where the last label of each row ends
        for change in sorted(
            self.changes, key=lambda change: x_of(change.at) if usable(x_of(change.at)) else 0.0
        ):
            at = x_of(change.at)
            if not usable(at) or not frame.x.low <= at <= frame.x.high:
                continue
            x, top = frame.x(at), frame.top - 8
            width = text_width(change.label, 12)
            with frame.canvas.link(change.href, change.label):
                frame.canvas.add("line", "c-hair c-stroke-change", x1=x, x2=x, y1=top, y2=frame.bottom)
                diamond = f"M{x:.1f} {top - 6:.1f} l6 6 l-6 6 l-6 -6 Z"
                frame.canvas.add("path", "c-fill-change", change.label, d=diamond)
                for row, edge in enumerate(rows):
                    if row and len(self.changes) < 2:
                        break
                    start = x - 10 - width
                    if start >= edge:
                        y = top + 4 if row == 0 else top - 14
                        frame.canvas.text(
                            x - 10, y, change.label, "c-halo c-text-change", size=12, anchor="end"
                        )
                        rows[row] = x + 10
                        break
                rows[0] = max(rows[0], x + 10)

    def _x_text(self, x: float, pen: Pen, timed: bool) -> str:
        return moment_text(x, pen.zone, pen.months) if timed else text(x, pen.notation)

    def table(self, spots_of_lines: list[list[Spot]], pen: Pen, timed: bool) -> Data:
        by_x: dict[float, list[str]] = {}
        for index, line in enumerate(spots_of_lines):
            for spot in line:
                by_x.setdefault(spot.x, [MISSING] * len(spots_of_lines))[index] = text(spot.y, pen.notation)
        rows = [(self._x_text(x, pen, timed), *by_x[x]) for x in sorted(by_x)]
        unit = f" ({self.unit})" if self.unit else ""
        first = "Time" if timed else self.x_unit or "Number"
        return data((first, *(f"{series.label}{unit}" for series in self.series)), rows)

    def legend(self) -> tuple[Legend, ...]:
        entries = [
            Legend("line", series.tone, series.label) for series in self.series if len(self.series) > 1
        ]
        entries += [Legend("diamond", "change", "recorded process change")] if self.changes else []
        entries += [Legend("span", span.tone, span.label) for span in self.spans if span.label]
        return tuple(entries)
