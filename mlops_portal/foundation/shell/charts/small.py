"""Small pictures beside words: a trend, a reading on its normal band, golden parts one by one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing.canvas import Canvas, Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Drawn, Legend, data
from mlops_portal.foundation.shell.charts.drawing.numbers import text
from mlops_portal.foundation.shell.charts.drawing.points import Point, Spot, segments, thin
from mlops_portal.foundation.shell.charts.drawing.scales import Linear, extent, usable

GLYPHS = {
    "caution": "M{x:.1f} {y:.1f} m-4 0 h8",
    "bad": "M{x:.1f} {y:.1f} m-4 -4 l8 8 m0 -8 l-8 8",
    "change": "M{x:.1f} {y:.1f} m0 -4.5 l4.5 4.5 l-4.5 4.5 l-4.5 -4.5 Z",
    "quiet": "",
    "good": "",
    "info": "",
}


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A trend without an axis; the last value is marked."""

    title: str
    values: Sequence[float | None]
    tone: str = "info"
    unit: str = ""

    def draw(self, pen: Pen) -> Drawn:
        canvas = Canvas(pen, pen.width, 34)
        places = [Spot(float(i), v if usable(v) else None, Point(i, v)) for i, v in enumerate(self.values)]
        x = Linear(0, max(1, len(places) - 1), 3, pen.width - 6)
        y = Linear(*extent(spot.y for spot in places), 30, 4)
        for run in segments(thin(places, int(pen.width))):
            steps = [f"{'M' if i == 0 else 'L'}{x(s.x):.1f} {y(s.y or 0.0):.1f}" for i, s in enumerate(run)]
            canvas.add("path", f"c-line c-stroke-{self.tone}", d=" ".join(steps))
        known = [spot for spot in places if spot.y is not None]
        summary = ""
        if known:
            last = known[-1]
            summary = f"{text(known[0].y, pen.notation)} → {text(last.y, pen.notation)} {self.unit}".strip()
            canvas.add("circle", f"c-fill-{self.tone}", cx=x(last.x), cy=y(last.y or 0.0), r=3.5)
        return Drawn(canvas.render(self.title, summary), data((), []))


@dataclass(frozen=True, slots=True)
class Band:
    """A reading on its scale with its normal band: a dot inside, a diamond outside."""

    title: str
    value: float | None
    low: float
    high: float
    minimum: float | None = None
    maximum: float | None = None

    @property
    def off(self) -> bool:
        return self.value is not None and usable(self.value) and not self.low <= self.value <= self.high

    def draw(self, pen: Pen) -> Drawn:
        canvas = Canvas(pen, pen.width, 22)
        room = self.high - self.low if usable(self.high - self.low) and self.high > self.low else 1.0
        low = self.minimum if self.minimum is not None and usable(self.minimum) else self.low - 1.2 * room
        high = self.maximum if self.maximum is not None and usable(self.maximum) else self.high + 1.2 * room
        scale = Linear(*extent([low, high]), 9, pen.width - 9)
        canvas.add("rect", "c-track", x=0, y=8, width=pen.width, height=6, rx=3)
        if usable(self.low) and usable(self.high) and self.high >= self.low:
            left, right = (min(max(scale(edge), 0), pen.width) for edge in (self.low, self.high))
            canvas.add("rect", "c-band", x=left, y=8, width=max(right - left, 1), height=6)
        if self.value is not None and usable(self.value):
            x = min(max(scale(self.value), 9), pen.width - 9)
            if self.off:
                canvas.add("path", "c-fill-bad", d=f"M{x:.1f} 1 l8 10 l-8 10 l-8 -10 Z")
            else:
                canvas.add("circle", "c-mark", cx=x, cy=11, r=7)
        return Drawn(canvas.render(self.title), data((), []))


@dataclass(frozen=True, slots=True)
class Dot:
    """One golden part: its state in words, a tone, and where it leads."""

    label: str
    state: str
    tone: str = "good"
    href: str = ""


@dataclass(frozen=True, slots=True)
class DotGrid:
    """Parts one by one; a sign inside the square says the state without colour."""

    title: str
    dots: Sequence[Dot]
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        pitch, side = 27.0, 22.0
        columns = max(1, int(pen.width // pitch))
        lines = max(1, -(-len(self.dots) // columns))
        canvas = Canvas(pen, pen.width, lines * pitch)
        for index, dot in enumerate(self.dots):
            x, y = index % columns * pitch + 2, index // columns * pitch + 2
            words = f"{dot.label}: {dot.state}"
            with canvas.link(dot.href, words):
                canvas.add("rect", f"c-fill-{dot.tone}", words, x=x, y=y, width=side, height=side, rx=5)
                glyph = GLYPHS.get(dot.tone, "")
                if glyph:
                    canvas.add("path", "c-glyph", d=glyph.format(x=x + side / 2, y=y + side / 2))
                if dot.href:
                    canvas.add("rect", "c-hit", x=x, y=y, width=side, height=side, rx=5)
        rows = [(dot.label, dot.state) for dot in self.dots]
        states = {dot.tone: dot.state for dot in reversed(self.dots)}
        legend = tuple(Legend("bar", tone, state) for tone, state in states.items())
        return Drawn(canvas.render(self.title, self.description), data(("Part", "State"), rows), legend)
