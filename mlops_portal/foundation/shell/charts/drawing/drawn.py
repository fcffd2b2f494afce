"""What every chart gives back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mlops_portal.foundation.shell.charts.drawing.canvas import Pen

ROWS = 200


@dataclass(frozen=True, slots=True)
class Data:
    """The numbers behind a picture. ``left_out`` rows are not shown."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Legend:
    """One entry: a shape (``line``, ``bar``, ``dot``, ``diamond``, ``span``) in a tone, and its word."""

    shape: str
    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as SVG, the table behind it, and its legend."""

    svg: str
    data: Data
    legend: tuple[Legend, ...] = ()


class Chart(Protocol):
    """Anything that can be drawn with a pen."""

    @property
    def title(self) -> str: ...

    def draw(self, pen: Pen) -> Drawn: ...


def data(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Data:
    """The last ``ROWS`` rows: what is newest matters most."""
    return Data(headers, tuple(rows[-ROWS:]), max(0, len(rows) - ROWS))
