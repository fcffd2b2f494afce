"""A lineage drawn: what was taught on the left or on top, the judgement at the other end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing.canvas import Canvas, Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Drawn, data
from mlops_portal.foundation.shell.charts.drawing.scales import clip_text

HEIGHT, GAP, ARROW, SIZE = 54.0, 12.0, 34.0, 14.0
WIDE = 600.0
TONES = {
    "prediction": "info", "activation": "info", "release": "info", "decision": "good", "evidence": "good",
    "version": "change", "run": "change", "manifest": "quiet", "teacher": "quiet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """One thing: a small word above, its name, where it leads; ``gap`` draws it dashed."""

    stage: str
    word: str
    name: str
    href: str = ""
    gap: bool = False


@dataclass(frozen=True, slots=True)
class LineagePicture:
    """``rows`` from what was taught to the judgement; boxes of a row stand side by side where they fit."""

    title: str
    rows: Sequence[Sequence[Box]]
    description: str = ""

    def draw(self, pen: Pen) -> Drawn:
        per_line = 4 if pen.width > WIDE else 1
        lines = [[row[at : at + per_line] for at in range(0, len(row), per_line)] for row in self.rows if row]
        heights = [len(parts) * (HEIGHT + GAP) - GAP for parts in lines]
        canvas = Canvas(pen, pen.width, sum(heights) + ARROW * max(0, len(lines) - 1))
        y = 0.0
        for index, parts in enumerate(lines):
            for at, boxes in enumerate(parts):
                self._row(canvas, boxes, y + at * (HEIGHT + GAP))
            y += heights[index]
            if index < len(lines) - 1:
                self._arrow(canvas, y)
                y += ARROW
        rows = [(box.word, box.name) for row in self.rows for box in row]
        return Drawn(canvas.render(self.title, self.description), data(("Part", "Name"), rows))

    def _row(self, canvas: Canvas, boxes: Sequence[Box], y: float) -> None:
        width = min(300.0, (canvas.width - GAP * (len(boxes) - 1)) / len(boxes))
        x = (canvas.width - width * len(boxes) - GAP * (len(boxes) - 1)) / 2
        for box in boxes:
            tone = TONES.get(box.stage, "quiet")
            with canvas.link(box.href, f"{box.word}: {box.name}"):
                canvas.add(
                    "rect", f"c-soft-{tone} c-stroke-{tone}", f"{box.word}: {box.name}",
                    x=x + 1, y=y + 1, width=width - 2, height=HEIGHT - 2, rx=8,
                    stroke_dasharray="5 4" if box.gap else None,
                )  # fmt: skip
                canvas.text(
                    x + width / 2, y + 20, clip_text(box.word, width - 20, 12), size=12, anchor="middle"
                )
                name = clip_text(box.name, width - 20, SIZE)
                canvas.text(x + width / 2, y + 40, name, "c-strong", size=SIZE, anchor="middle")
            x += width + GAP

    def _arrow(self, canvas: Canvas, y: float) -> None:
        middle = canvas.width / 2
        canvas.add("path", "c-axis", d=f"M{middle} {y + 4}V{y + ARROW - 8}", fill="none")
        tip = y + ARROW - 4
        canvas.add("path", "c-mark", d=f"M{middle} {tip}l-5 -8h10Z")
