"""Horizontal shares: where it comes from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing.canvas import Canvas, Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Drawn, data
from mlops_portal.foundation.shell.charts.drawing.numbers import text
from mlops_portal.foundation.shell.charts.drawing.scales import clip_text, text_width, usable

ROW, SIZE = 31.0, 14.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One share; negative values are drawn as nothing and said in the text."""

    label: str
    value: float | None
    tone: str = "info"
    href: str = ""


@dataclass(frozen=True, slots=True)
class BarsChart:
    """Bars from zero on one scale; the longest sets it unless ``full`` does (100 for percent)."""

    title: str
    bars: Sequence[Bar]
    unit: str = "%"
    full: float | None = None
    digits: int | None = 0
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        canvas = Canvas(pen, pen.width, max(ROW, ROW * len(self.bars)))
        texts = [
            f"{text(bar.value, pen.notation, digits=self.digits)} {self.unit}".strip() for bar in self.bars
        ]
        names = max((text_width(bar.label, SIZE) for bar in self.bars), default=0) + 16
        names = min(names, pen.width * 0.48)
        end = pen.width - max((text_width(words, SIZE) for words in texts), default=0) - 16
        known = [bar.value for bar in self.bars if bar.value is not None and usable(bar.value)]
        top = self.full if self.full and usable(self.full) and self.full > 0 else max([*known, 0.0])
        for index, (bar, words) in enumerate(zip(self.bars, texts, strict=True)):
            y = index * ROW
            share = bar.value / top if bar.value is not None and usable(bar.value) and top > 0 else 0.0
            width = max(0.0, end - names) * min(max(share, 0.0), 1.0)
            with canvas.link(bar.href, f"{bar.label}: {words}"):
                name = clip_text(bar.label, names - 12, SIZE)
                canvas.text(0, y + 20, name, "c-name", size=SIZE)
                canvas.add(
                    "rect", f"c-fill-{bar.tone}", f"{bar.label}: {words}",
                    x=names, y=y + 8, width=max(width, 2), height=15, rx=3,
                )  # fmt: skip
                canvas.text(pen.width, y + 20, words, "c-strong", size=SIZE, anchor="end")
        rows = [(bar.label, words) for bar, words in zip(self.bars, texts, strict=True)]
        return Drawn(canvas.render(self.title, self.description), data(("Name", "Share"), rows))
