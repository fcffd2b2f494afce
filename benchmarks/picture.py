"""The picture of the calibration: small multiples, drawn as SVG that follows the reader's light or dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP_X, GAP_Y, BOTTOM = 220, 150, 84, 64, 28, 48, 76
INSET = 16
LOW, HIGH = 0.125, 8.0  # of the ratio's axis, logarithmic
TICKS = (0.125, 0.25, 0.5, 1, 2, 4, 8)
INKS = ("a", "b", "c")  # of the lengths of references, short to long
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1d2430 }
  .small { font-size: 11px; fill: #566072 } .title { font-size: 16px; font-weight: 600 }
  .ground { fill: #fff } .frame { fill: none; stroke: #c9d0da } .grid { stroke: #e6eaf0 }
  .goal { fill: #2f7d4f; opacity: .16 } .one { stroke: #2f7d4f; stroke-width: 1.5 }
  .a { stroke: #b4540a; fill: #b4540a } .b { stroke: #7a4bb5; fill: #7a4bb5 }
  .c { stroke: #0b62a8; fill: #0b62a8 } .bar { stroke-width: 1.2; opacity: .6 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e7ebf2 } .small { fill: #a7b0bf }
    .ground { fill: #14181f } .frame { stroke: #3b4452 } .grid { stroke: #262d38 }
    .goal { fill: #6fcf97; opacity: .18 } .one { stroke: #6fcf97 }
    .a { stroke: #f0a35e; fill: #f0a35e } .b { stroke: #c3a1ef; fill: #c3a1ef }
    .c { stroke: #6db7f2; fill: #6db7f2 }
  }
  .line { fill: none; stroke-width: 2 }
"""
Cell = Mapping[str, Any]


def calibration(cells: Sequence[Cell]) -> str:
    """Achieved over promised against φ; columns are window sizes, rows numbers of readings, lines references.

    ``cells`` have phi, window, readings, length, references, promised, achieved, low and high.
    """
    windows, readings, phis, lengths = (
        sorted({one[key] for one in cells}) for key in ("window", "readings", "phi", "length")
    )
    width = LEFT + len(windows) * (PANEL_WIDTH + GAP_X)
    height = TOP + len(readings) * (PANEL_HEIGHT + GAP_Y) + BOTTOM - GAP_Y
    promised = cells[0]["promised"] * 1000
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Achieved over promised false alarms"><style>{STYLE}</style>',
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text class="title" x="{LEFT}" y="24">False alarms: achieved over promised '
        f"({promised:.0f} in 1,000 windows)</text>",
    ]
    for column, window in enumerate(windows):
        for line, reading in enumerate(readings):
            x, y = LEFT + column * (PANEL_WIDTH + GAP_X), TOP + line * (PANEL_HEIGHT + GAP_Y)
            parts += _ground(x, y, phis, labels=column == 0)
            for place, length in enumerate(lengths):
                mine = [
                    one
                    for one in cells
                    if (one["window"], one["readings"], one["length"]) == (window, reading, length)
                ]
                shift = 5 * (place - (len(lengths) - 1) / 2)
                parts += _line(x + shift, y, sorted(mine, key=lambda one: one["phi"]), phis, INKS[place])
            caption = f"windows of {window}, {reading} reading{'s' if reading > 1 else ''}"
            parts.append(f'<text class="small" x="{x}" y="{y - 8}">{escape(caption)}</text>')
    return "\n".join([*parts, *_legend(LEFT, height - 22, lengths), "</svg>", ""])


def _y(top: float, ratio: float) -> float:
    inside = float(np.clip(ratio, LOW, HIGH))
    return top + PANEL_HEIGHT * (1 - float(np.log2(inside / LOW) / np.log2(HIGH / LOW)))


def _x(left: float, place: int, phis: Sequence[float]) -> float:
    return left + INSET + place * (PANEL_WIDTH - 2 * INSET) / max(1, len(phis) - 1)


def _ground(x: float, y: float, phis: Sequence[float], *, labels: bool) -> list[str]:
    top, bottom = _y(y, 1.25), _y(y, 0.75)
    parts = [
        f'<rect class="goal" x="{x}" y="{top:.1f}" width="{PANEL_WIDTH}" height="{bottom - top:.1f}"/>',
        f'<rect class="frame" x="{x}" y="{y}" width="{PANEL_WIDTH}" height="{PANEL_HEIGHT}"/>',
    ]
    for tick in TICKS:
        at, kind = _y(y, tick), "one" if tick == 1 else "grid"
        parts.append(f'<line class="{kind}" x1="{x}" x2="{x + PANEL_WIDTH}" y1="{at:.1f}" y2="{at:.1f}"/>')
        if labels:
            spot = f'x="{x - 8}" y="{at + 4:.1f}"'
            parts.append(f'<text class="small" {spot} text-anchor="end">{tick:g} ×</text>')
    for place, phi in enumerate(phis):
        spot = f'x="{_x(x, place, phis):.1f}" y="{y + PANEL_HEIGHT + 16}"'
        parts.append(f'<text class="small" {spot} text-anchor="middle">φ {phi:g}</text>')
    return parts


def _line(x: float, y: float, cells: Sequence[Cell], phis: Sequence[float], ink: str) -> list[str]:
    spots = [
        (_x(x, phis.index(one["phi"]), phis), *(_y(y, one[key] / one["promised"]) for key in _HEIGHTS))
        for one in cells
    ]
    points = " ".join(f"{across:.1f},{at:.1f}" for across, at, _, _ in spots)
    parts = [f'<polyline class="{ink} line" points="{points}"/>'] if len(spots) > 1 else []
    for one, (across, at, low, high) in zip(cells, spots, strict=True):
        caption = (
            f"φ {one['phi']:g}, reference of {one['length']:,}: "
            f"{one['achieved'] / one['promised']:.2f} × promised, {one['references']} references"
        )
        parts.append(
            f'<line class="{ink} bar" x1="{across:.1f}" x2="{across:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
            f'<circle class="{ink}" cx="{across:.1f}" cy="{at:.1f}" r="3.2">'
            f"<title>{escape(caption)}</title></circle>"
        )
    return parts


_HEIGHTS = ("achieved", "low", "high")


def _legend(x: float, y: float, lengths: Sequence[int]) -> list[str]:
    parts = []
    for place, length in enumerate(lengths):
        at = x + place * 170
        parts.append(f'<circle class="{INKS[place]}" cx="{at + 5}" cy="{y - 4}" r="4"/>')
        parts.append(f'<text x="{at + 16}" y="{y}">reference of {length:,}</text>')
    at = x + len(lengths) * 170
    parts.append(f'<rect class="goal" x="{at}" y="{y - 12}" width="22" height="14"/>')
    parts.append(f'<text x="{at + 30}" y="{y}">within 25 %</text>')
    return parts
