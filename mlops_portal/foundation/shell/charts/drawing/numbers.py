"""Numbers as text, in a person's own notation. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

MISSING = "–"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Notation:
    """Decimal mark and thousands mark, e.g. ``Notation(",", ".")`` in German."""

    decimal: str = "."
    group: str = ","


PLAIN = Notation()


def digits_for(value: float) -> int:
    """Decimals that leave about three significant digits: 1240, 151.4, 8.73, 0.105, 0.0021."""
    size = abs(value)
    if size >= 1000 or size == 0:
        return 0
    if size >= 100:
        return 1
    return min(6, 2 - math.floor(math.log10(size)))


def fixed(value: float, digits: int, notation: Notation) -> str:
    """``value`` with exactly ``digits`` decimals; a true minus sign; never minus zero."""
    text = f"{value:,.{digits}f}"
    negative = text.startswith("-") and any(digit in text for digit in "123456789")
    text = text.lstrip("-").replace(",", "\0").replace(".", notation.decimal).replace("\0", notation.group)
    return f"−{text}" if negative else text


def scientific(value: float, digits: int, notation: Notation) -> str:
    """``2.1·10⁻⁷``."""
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    power = str(int(exponent)).translate(SUPERSCRIPTS)
    return f"{fixed(float(mantissa), digits, notation)}·10{power}"


def text(value: float | None, notation: Notation = PLAIN, *, digits: int | None = None) -> str:
    """A number for a person; a dash where there is none. ``digits`` fixes the decimals."""
    if value is None or not math.isfinite(value):
        return MISSING
    if isinstance(value, int) and digits is None:
        return fixed(value, 0, notation) if abs(value) < 10**15 else scientific(value, 2, notation)
    if value and (abs(value) >= 1e9 or abs(value) < 1e-4) and digits is None:
        return scientific(value, 1, notation)
    if digits is not None:
        return fixed(value, digits, notation)
    shown = fixed(value, digits_for(value), notation)
    if notation.decimal in shown and abs(value) < 1000:
        shown = shown.rstrip("0").rstrip(notation.decimal)
    return shown
