"""Axes: from values to pixels, and where the ticks stand. Pure.

Nice numbers: steps of 1, 2, 2.5 and 5 times a power of ten (after Heckbert, "Nice numbers for graph labels",
Graphics Gems, 1990).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mlops_portal.foundation.shell.charts.drawing.numbers import Notation, fixed, scientific

HUGE = 1e300
SHORTEST, AROUND = 60.0, 900.0  # seconds: a shorter axis of time is widened by so much on each side
CHAR = 0.58  # widest usual ratio of a digit's or letter's width to its size


def text_width(text: str, size: float) -> float:
    """An upper estimate of the width of ``text`` in pixels, without a font at hand."""
    return len(text) * size * CHAR


def clip_text(text: str, width: float, size: float) -> str:
    """``text``, or as much of it as fits ``width`` pixels with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    room = int(width / (size * CHAR)) - 1
    return f"{text[:room].rstrip()}…" if room > 0 else "…"


def usable(value: float | None) -> bool:
    """Whether a value can be drawn: a number, finite, not absurd."""
    return value is not None and math.isfinite(value) and abs(value) <= HUGE


def extent(values: Iterable[float | None]) -> tuple[float, float]:
    """Lowest and highest usable value, widened where they are the same; (0, 1) where there is none."""
    known = [float(value) for value in values if value is not None and usable(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    if high - low <= 1e-9 * max(abs(low), abs(high)) or high - low < 1e-290:
        room = max(abs(low), abs(high)) * 0.05
        room = room if room > 1e-280 else 1.0
        return low - room, high + room
    return low, high


def time_extent(stamps: Iterable[float | None]) -> tuple[float, float]:
    """The same of moments, in seconds: one moment alone gets half an hour around it, and not a share of all
    the years since 1970."""
    known = [float(stamp) for stamp in stamps if stamp is not None and usable(stamp)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    return (low, high) if high - low >= SHORTEST else (low - AROUND, high + AROUND)


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map of ``low``..``high`` to ``start``..``end`` pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, -10.0), 11.0) * (self.end - self.start)


def nice_step(span: float, count: int) -> float:
    """The smallest nice step that cuts ``span`` into at most ``count`` pieces."""
    raw = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power >= raw * (1 - 1e-9):
            return float(factor * power)
    return 10 * power


def nice_ticks(low: float, high: float, count: int = 5) -> tuple[list[float], float]:
    """Ticks inside ``low``..``high`` (low < high, both usable) and their step; at most ``count`` + 1."""
    step = nice_step(high - low, count)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [index * step for index in range(first, min(last, first + count + 1) + 1)], step


def nice_axis(low: float, high: float, count: int = 5) -> tuple[list[float], float]:
    """Ticks that enclose ``low``..``high``, the axis from the first to the last, and their step."""
    step = nice_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, max(last, first + 1) + 1)], step


def tick_texts(ticks: list[float], step: float, notation: Notation) -> list[str]:
    """One text for each tick, all with the same decimals, all different."""
    if not ticks:
        return []
    size = max(abs(tick) for tick in ticks)
    exponent = math.floor(math.log10(step))
    mantissa = step / 10.0**exponent
    extra = 1 if abs(mantissa - 2.5) < 1e-6 else 0
    if step >= 1e-5 and size < 1e7:
        return [fixed(tick, max(0, extra - exponent), notation) for tick in ticks]
    digits = max(0, math.floor(math.log10(size)) - exponent + extra) if size else 0
    return [scientific(tick, min(digits, 15), notation) if tick else "0" for tick in ticks]


def thinned(positions: list[float], texts: list[str], size: float, gap: float = 10) -> list[int]:
    """Indices of the labels (centred on ``positions``, ascending) that stand free of each other."""
    places_left: list[int] = []
    edge = -math.inf
    for index, (position, text) in enumerate(zip(positions, texts, strict=True)):
        half = text_width(text, size) / 2
        if position - half >= edge + gap:
            places_left.append(index)
            edge = position + half
    return places_left
