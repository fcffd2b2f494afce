"""Two distributions on one axis: what the model learned on (bars), what comes now (line). Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing import frame as frames
from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Data, Drawn, Legend, data
from mlops_portal.foundation.shell.charts.drawing.numbers import text
from mlops_portal.foundation.shell.charts.drawing.scales import extent, usable


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts (k) between edges (k + 1), ascending. Edges may be uneven, and differ between the two."""

    label: str
    edges: Sequence[float]
    counts: Sequence[float]

    def densities(self) -> list[tuple[float, float, float]]:
        """(from, to, share of all per unit) of every bin that can be drawn."""
        bins = [
            (low, high, count)
            for low, high, count in zip(self.edges, self.edges[1:], self.counts, strict=False)
            if usable(low) and usable(high) and usable(count) and high > low and count >= 0
        ]
        total = math.fsum(count for _, _, count in bins)
        if not usable(total) or total <= 0:
            return []
        made = [(low, high, count / total / (high - low)) for low, high, count in bins]
        return [row for row in made if usable(row[2])]


@dataclass(frozen=True, slots=True)
class HistogramPair:
    """Both as densities, so that unequal numbers of parts compare."""

    title: str
    reference: Histogram
    current: Histogram | None = None
    unit: str = ""
    tone: str = "bad"
    height: float = 190
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        bars = self.reference.densities()
        line = self.current.densities() if self.current else []
        x = extent(edge for low, high, _ in [*bars, *line] for edge in (low, high))
        _, high = extent([density for _, _, density in [*bars, *line]] + [0.0])
        frame = frames.make(
            pen, self.height, x, (0.0, high), timed=False, x_unit=self.unit, y_axis=False, top=8
        )
        for low, high, density in bars:
            left, right, y = frame.x(low), frame.x(high), frame.y(density)
            frame.canvas.add(
                "rect", "c-fill-quiet", self._words(low, high, pen),
                x=left + 0.5, y=y, width=max(right - left - 1.5, 0.6), height=max(frame.bottom - y, 0),
            )  # fmt: skip
        if line:
            places = [(frame.x(low) / 2 + frame.x(high) / 2, frame.y(density)) for low, high, density in line]
            path = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(places))
            if len(places) == 1:
                frame.canvas.add("circle", f"c-fill-{self.tone}", cx=places[0][0], cy=places[0][1], r=4)
            else:
                frame.canvas.add("path", f"c-line c-stroke-{self.tone}", d=path)
        legend = [Legend("bar", "quiet", self.reference.label)]
        legend += [Legend("line", self.tone, self.current.label)] if self.current else []
        return Drawn(frame.canvas.render(self.title, self.description), self._data(pen), tuple(legend))

    def _words(self, low: float, high: float, pen: Pen) -> str:
        return f"{text(low, pen.notation)} – {text(high, pen.notation)} {self.unit}".strip()

    def _data(self, pen: Pen) -> Data:
        sets = [self.reference, *([self.current] if self.current else [])]
        by_bin: dict[tuple[float, float], list[str]] = {}
        for index, one in enumerate(sets):
            for low, high, density in one.densities():
                share = text(density * (high - low) * 100, pen.notation, digits=1)
                by_bin.setdefault((low, high), [text(None)] * len(sets))[index] = f"{share} %"
        rows = [(self._words(low, high, pen), *by_bin[low, high]) for low, high in sorted(by_bin)]
        return data(("Range", *(one.label for one in sets)), rows)
