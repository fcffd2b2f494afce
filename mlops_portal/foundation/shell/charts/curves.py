"""Curves beside one another, each perhaps in its band (mean ± deviation, interval). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing import frame as frames
from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Data, Drawn, Legend, data
from mlops_portal.foundation.shell.charts.drawing.numbers import MISSING, text
from mlops_portal.foundation.shell.charts.drawing.points import Change, Limit
from mlops_portal.foundation.shell.charts.drawing.scales import clip_text, extent, usable

DOTS = 40  # with more points a curve is a line only


@dataclass(frozen=True, slots=True)
class Curve:
    """``points``: (x, y); ``band``: (low, high) of each point, or empty. ``dash`` 0 (solid) to 3 tells curves
    apart without colour."""

    label: str
    points: Sequence[tuple[float, float | None]]
    band: Sequence[tuple[float, float]] = ()
    tone: str = "info"
    dash: int = 0


@dataclass(frozen=True, slots=True)
class CurvesChart:
    """Curves on one axis, with limits across and marks at some x."""

    title: str
    curves: Sequence[Curve]
    unit: str = ""
    x_unit: str = ""
    limits: Sequence[Limit] = ()
    marks: Sequence[Change] = ()
    from_zero: bool = False
    height: float = 280
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        xs = [x for curve in self.curves for x, _y in curve.points if usable(x)]
        ys = [y for curve in self.curves for _x, y in curve.points if usable(y)]
        ys += [edge for curve in self.curves for pair in curve.band for edge in pair if usable(edge)]
        ys += [limit.value for limit in self.limits if usable(limit.value)]
        ys += [0.0] if self.from_zero else []
        frame = frames.make(
            pen, self.height, extent(xs), extent(ys), timed=False, unit=self.unit, x_unit=self.x_unit
        )
        for curve in self.curves:
            self._band(frame, curve)
        for limit in self.limits:
            self._limit(frame, limit)
        for mark in self.marks:
            self._mark(frame, mark)
        for curve in self.curves:
            self._curve(frame, curve)
        return Drawn(frame.canvas.render(self.title, self.description), self._data(pen), self._legend())

    def _band(self, frame: frames.Frame, curve: Curve) -> None:
        edges = [
            (frame.x(x), frame.y(low), frame.y(high))
            for (x, _y), (low, high) in zip(curve.points, curve.band, strict=False)
            if usable(low) and usable(high)
        ]
        if len(edges) < 2:
            return
        there = " L".join(f"{x:.1f} {high:.1f}" for x, _low, high in edges)
        back = " L".join(f"{x:.1f} {low:.1f}" for x, low, _high in reversed(edges))
        frame.canvas.add("path", f"c-ribbon c-fill-{curve.tone}", d=f"M{there} L{back} Z")

    def _limit(self, frame: frames.Frame, limit: Limit) -> None:
        if not usable(limit.value):
            return
        y = frame.y(limit.value)
        frame.canvas.add(
            "line", f"c-limit c-stroke-{limit.tone}", limit.label, x1=frame.left, x2=frame.right, y1=y, y2=y
        )
        if limit.label:
            words = clip_text(limit.label, frame.right - frame.left - 8, 12)
            frame.canvas.text(frame.left + 6, y - 6, words, f"c-halo c-text-{limit.tone}", size=12)

    def _mark(self, frame: frames.Frame, mark: Change) -> None:
        x = float(mark.at) if isinstance(mark.at, int | float) else float("nan")
        if not usable(x) or not frame.x.low <= x <= frame.x.high:
            return
        at, top = frame.x(x), frame.top - 8
        frame.canvas.add("line", "c-hair c-stroke-change", mark.label, x1=at, x2=at, y1=top, y2=frame.bottom)
        diamond = f"M{at:.1f} {top - 6:.1f} l6 6 l-6 6 l-6 -6 Z"
        frame.canvas.add("path", "c-fill-change", mark.label, d=diamond)

    def _curve(self, frame: frames.Frame, curve: Curve) -> None:
        places: list[tuple[float, float]] = []
        runs = [places]
        for x, y in curve.points:
            if y is None or not usable(y):
                places = []
                runs.append(places)
                continue
            places.append((frame.x(x), frame.y(y)))
        for run in runs:
            if len(run) == 1:
                frame.canvas.add("circle", f"c-fill-{curve.tone}", cx=run[0][0], cy=run[0][1], r=3)
            elif run:
                path = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(run))
                frame.canvas.add("path", f"c-line c-stroke-{curve.tone} c-dash-{curve.dash}", d=path)
        notation = frame.canvas.pen.notation
        if len(curve.points) <= DOTS:
            for x, y in curve.points:
                if y is not None and usable(y):
                    words = " · ".join((curve.label, text(x, notation), text(y, notation)))
                    frame.canvas.add("circle", "c-hit", words, cx=frame.x(x), cy=frame.y(y), r=9)

    def _data(self, pen: Pen) -> Data:
        by_x: dict[float, list[str]] = {}
        for place, curve in enumerate(self.curves):
            for x, y in curve.points:
                by_x.setdefault(x, [MISSING] * len(self.curves))[place] = text(y, pen.notation)
        rows = [(text(x, pen.notation), *by_x[x]) for x in sorted(by_x)]
        return data((self.x_unit or "Number", *(curve.label for curve in self.curves)), rows)

    def _legend(self) -> tuple[Legend, ...]:
        shapes = ("line", "line-1", "line-2", "line-3")
        return tuple(Legend(shapes[curve.dash % 4], curve.tone, curve.label) for curve in self.curves)
