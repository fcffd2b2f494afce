"""Estimates with their intervals: champion and challenger on one axis. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing import frame as frames
from mlops_portal.foundation.shell.charts.drawing.canvas import Canvas, Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Drawn, Legend, data
from mlops_portal.foundation.shell.charts.drawing.numbers import text
from mlops_portal.foundation.shell.charts.drawing.scales import Linear, clip_text, extent, usable

GAP = 14.0


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its interval, e.g. 95 %."""

    label: str
    low: float
    mid: float
    high: float
    tone: str = "info"

    def known(self) -> bool:
        return usable(self.low) and usable(self.mid) and usable(self.high)


def _solid(tone: str) -> str:
    """The grey of a point is darker than that of a bar."""
    return "reference" if tone == "quiet" else tone


def _place(canvas: Canvas, scale: Linear, interval: Interval, y: float, title: str) -> None:
    canvas.add(
        "line", f"c-thick c-stroke-{interval.tone}", title,
        x1=scale(interval.low), x2=scale(interval.high), y1=y, y2=y,
    )  # fmt: skip
    canvas.add("circle", f"c-fill-{_solid(interval.tone)}", cx=scale(interval.mid), cy=y, r=5)


def _said(interval: Interval, pen: Pen, unit: str) -> str:
    mid, low, high = (text(v, pen.notation) for v in (interval.mid, interval.low, interval.high))
    return f"{interval.label}: {f'{mid} {unit}'.strip()} ({low} – {high})"


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A small plot for a table cell, without an axis; rows to compare share ``low`` and ``high``."""

    title: str
    intervals: Sequence[Interval]
    low: float | None = None
    high: float | None = None
    unit: str = ""

    def draw(self, pen: Pen) -> Drawn:
        known = [one for one in self.intervals if one.known()]
        ends = [self.low, self.high] if usable(self.low) and usable(self.high) else []
        low, high = extent([*ends, *(v for one in known for v in (one.low, one.mid, one.high))])
        canvas = Canvas(pen, pen.width, GAP * max(1, len(known)) + 6)
        scale = Linear(low, high, 8, pen.width - 8)
        canvas.add("line", "c-grid", x1=0, x2=pen.width, y1=canvas.height / 2, y2=canvas.height / 2)
        for index, one in enumerate(known):
            _place(canvas, scale, one, 10 + index * GAP, _said(one, pen, self.unit))
        summary = "; ".join(_said(one, pen, self.unit) for one in known)
        return Drawn(canvas.render(self.title, summary), data((), []))


@dataclass(frozen=True, slots=True)
class IntervalGroup:
    label: str
    intervals: Sequence[Interval]


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Groups of intervals below each other on one axis."""

    title: str
    groups: Sequence[IntervalGroup]
    unit: str = ""
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        rows = [(group, [one for one in group.intervals if one.known()]) for group in self.groups]
        heights = [max(1, len(known)) * GAP + 18 for _, known in rows]
        height = sum(heights) + frames.BOTTOM + 12
        everything = [v for _, known in rows for one in known for v in (one.low, one.mid, one.high)]
        frame = frames.make(
            pen, height, extent(everything), (0, 1), timed=False, x_unit=self.unit, y_axis=False, top=0
        )
        y = 4.0
        for (group, known), tall in zip(rows, heights, strict=True):
            frame.canvas.text(
                frame.left, y + 11, clip_text(group.label, pen.width - 16, 13), "c-name", size=13
            )
            for index, one in enumerate(known):
                _place(frame.canvas, frame.x, one, y + 22 + index * GAP, _said(one, pen, self.unit))
            y += tall
        table = [
            (
                group.label,
                one.label,
                text(one.mid, pen.notation),
                text(one.low, pen.notation),
                text(one.high, pen.notation),
            )
            for group, known in rows
            for one in known
        ]
        tones = {one.label: one.tone for group in self.groups for one in group.intervals}
        legend = tuple(Legend("dot", _solid(tone), label) for label, tone in tones.items())
        headers = ("Measure", "Of", "Estimate", "From", "To")
        return Drawn(frame.canvas.render(self.title, self.description), data(headers, table), legend)
