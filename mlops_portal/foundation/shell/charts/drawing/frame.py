"""The frame of a plot: margins, grid, both axes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing.canvas import Canvas, Pen
from mlops_portal.foundation.shell.charts.drawing.scales import (
    Linear,
    nice_axis,
    nice_ticks,
    text_width,
    thinned,
    tick_texts,
)
from mlops_portal.foundation.shell.charts.drawing.times import time_ticks, zone_text

SIZE = 12.5
TOP, BOTTOM = 26.0, 30.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A canvas with its two scales."""

    canvas: Canvas
    x: Linear
    y: Linear

    @property
    def left(self) -> float:
        return self.x.start

    @property
    def right(self) -> float:
        return self.x.end

    @property
    def top(self) -> float:
        return self.y.end

    @property
    def bottom(self) -> float:
        return self.y.start


def make(
    pen: Pen,
    height: float,
    x: tuple[float, float],
    y: tuple[float, float],
    *,
    timed: bool,
    unit: str = "",
    x_unit: str = "",
    y_axis: bool = True,
    top: float = TOP,
    least_left: float = 8.0,
) -> Frame:
    """Draw grid and axes; ``x`` and ``y`` are extents (low < high)."""
    canvas = Canvas(pen, pen.width, height)
    bottom = height - BOTTOM
    lines = max(2, int((bottom - top) // 44))
    ticks, step = nice_axis(*y, lines)
    texts = tick_texts(ticks, step, pen.notation)
    left = least_left
    if y_axis:
        room = max((text_width(text, SIZE) for text in texts), default=0) + 12
        left = min(pen.width / 3, max(room, least_left))
    right = pen.width - 14
    frame = Frame(canvas, Linear(*x, left, right), Linear(ticks[0], ticks[-1], bottom, top))
    if y_axis:
        for tick, text in zip(ticks, texts, strict=True):
            at = frame.y(tick)
            canvas.add("line", "c-grid", x1=left, x2=right, y1=at, y2=at)
            canvas.text(left - 8, at + 4, text, size=SIZE, anchor="end")
        if unit:
            canvas.text(left, top - 12, unit, size=SIZE)
    else:
        canvas.add("line", "c-axis", x1=left, x2=right, y1=bottom, y2=bottom)
    _x_axis(frame, timed, x_unit)
    return frame


def _x_axis(frame: Frame, timed: bool, unit: str) -> None:
    pen, scale = frame.canvas.pen, frame.x
    if timed:
        unit = zone_text(scale.low, scale.high, pen.zone)
    reserved = text_width(unit, SIZE) + 10 if unit else 0
    count = max(2, int((scale.end - scale.start) // (80 if timed else 68)))
    if timed:
        ticks, texts = time_ticks(scale.low, scale.high, count, pen.zone, pen.months)
    else:
        ticks, step = nice_ticks(scale.low, scale.high, count)
        texts = tick_texts(ticks, step, pen.notation)
    places = [scale(tick) for tick in ticks]
    base = frame.bottom + 19
    limit = frame.canvas.width - reserved
    for index in thinned(places, texts, SIZE):
        half = text_width(texts[index], SIZE) / 2
        if places[index] - half < 0 or places[index] + half > limit:
            continue
        frame.canvas.text(places[index], base, texts[index], size=SIZE, anchor="middle")
    if unit:
        frame.canvas.text(frame.canvas.width - 2, base, unit, size=SIZE, anchor="end")
