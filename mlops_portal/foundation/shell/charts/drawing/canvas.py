"""A sheet to draw on: elements in, well-formed SVG out. Pure."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from html import escape

from mlops_portal.foundation.shell.charts.drawing import paint
from mlops_portal.foundation.shell.charts.drawing.numbers import PLAIN, Notation
from mlops_portal.foundation.shell.charts.drawing.times import MONTHS

UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Value = str | float | None


@dataclass(frozen=True, slots=True)
class Pen:
    """For whom and where a chart is drawn: width in pixels, zone, notation; ``standalone`` for the PDF."""

    width: float = 860
    zone: tzinfo = UTC
    notation: Notation = PLAIN
    months: tuple[str, ...] = MONTHS
    standalone: bool = False


def clean(text: object) -> str:
    """Text that XML can hold, escaped."""
    return escape(UNPRINTABLE.sub("\ufffd", str(text)), quote=True)


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("a drawing has finite numbers only")
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


@dataclass(slots=True)
class Canvas:
    """Collects elements. ``add("rect", "c-grid", x=1)``; underscores in names become hyphens."""

    pen: Pen
    width: float
    height: float
    parts: list[str] = field(default_factory=list)
    links: int = 0

    def add(self, name: str, classes: str = "", title: str = "", **attributes: Value) -> None:
        inner = f"<title>{clean(title)}</title>" if title else ""
        self.parts.append(f"{self._open(name, classes, attributes)}>{inner}</{name}>")

    def text(
        self, x: float, y: float, words: str, classes: str = "", *, size: float = 13, anchor: str = "start"
    ) -> None:
        head = self._open(
            "text", f"c-text {classes}".strip(), {"x": x, "y": y, "font_size": size, "text_anchor": anchor}
        )
        self.parts.append(f"{head}>{clean(words)}</text>")

    @contextmanager
    def link(self, href: str, label: str = "") -> Iterator[None]:
        """What is drawn inside leads to ``href``; without one, it leads nowhere."""
        if not href or self.pen.standalone:
            yield
            return
        self.links += 1
        self.parts.append(f'<a href="{clean(href)}" aria-label="{clean(label)}">')
        yield
        self.parts.append("</a>")

    def _open(self, name: str, classes: str, attributes: dict[str, Value]) -> str:
        shown: dict[str, Value] = dict(attributes)
        if self.pen.standalone:
            shown = {**paint.attributes(classes), **shown}
        elif classes:
            shown = {"class": classes, **shown}
        text = "".join(
            f' {key.replace("_", "-")}="{clean(value) if isinstance(value, str) else _number(value)}"'
            for key, value in shown.items()
            if value is not None
        )
        return f"<{name}{text}"

    def render(self, title: str, description: str = "") -> str:
        """The whole picture. With links it is a group to screen readers, else one image."""
        body = "".join(self.parts)
        key = hashlib.blake2s(f"{title}{description}{body}{self.width}".encode(errors="replace")).hexdigest()[
            :10
        ]
        role = "group" if self.links else "img"
        says = f'<title id="t{key}">{clean(title)}</title>'
        ids = f"t{key}"
        if description:
            says += f'<desc id="d{key}">{clean(description)}</desc>'
            ids += f" d{key}"
        size = f"{_number(self.width)} {_number(self.height)}"
        fixed = ""
        if self.pen.standalone:
            fixed = f' width="{_number(self.width)}" height="{_number(self.height)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}"{fixed} role="{role}"'
            f' aria-labelledby="{ids}">{says}{body}</svg>'
        )
