"""Rows that say the same in other units. Pure.

A reading y is x in another unit where y = a x + b for one of ``WAYS``: metric prefixes, inch and foot, pound,
psi, minutes and hours, degrees of an angle, degrees Celsius, Fahrenheit and Kelvin, and the ways back
(BIPM, The International System of Units, 9th edition; NIST SP 811, appendix B.8). Which unit a column has is
not asked: a table that was recorded again says another one, or none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
PRECISION = 2e-6  # of a value: what float32 and seven digits leave of it
SCALES = (10.0, 100.0, 1e3, 1e6, 1e9, 25.4, 304.8, 0.3048, 0.45359237, 6.894757, 0.06894757, 60.0, 3600.0,
          57.295779513, 9.80665)  # fmt: skip
WAYS = (
    (1.0, 0.0),
    *((scale, 0.0) for scale in SCALES),
    *((1 / scale, 0.0) for scale in SCALES),
    *(
        (1.0, 273.15),
        (1.0, -273.15),
        (1.8, 32.0),
        (1 / 1.8, -32 / 1.8),
        (1.8, -459.67),
        (1 / 1.8, 459.67 / 1.8),
    ),
)
"""(a, b); the first leaves the unit as it is."""


def in_another_unit(asked: F, rows: F, *, fixed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which of ``rows`` (n, d) say what one of ``asked`` (m, d) says, at least one reading of two or more in
    another unit; ``fixed`` (d,) are categories, which have none."""
    hits = [_of_one(one, rows, fixed) for one in asked]
    return np.unique(np.concatenate(hits)) if hits else np.empty(0, dtype=np.intp)


def _of_one(one: F, rows: F, fixed: NDArray[np.bool_]) -> NDArray[np.intp]:
    left = np.arange(len(rows))
    told = np.count_nonzero(np.isfinite(one) & (one != 0.0) & ~fixed)
    if told < 2:
        return left[:0]
    other = np.zeros(len(rows), dtype=bool)
    for place in np.argsort(~fixed, kind="stable"):  # categories first: they sort out most for little
        value, column = one[place], rows[left, place]
        if not np.isfinite(value):
            same, moved = ~np.isfinite(column), np.zeros(left.size, dtype=bool)
        else:
            same = _is(column, value)
            ways = () if fixed[place] else WAYS[1:]
            moved = np.zeros(left.size, dtype=bool)
            for scale, offset in ways:
                moved |= _is(column, scale * value + offset)
            moved &= ~same
        keeps = same | moved
        other[left[moved]] = True
        left = left[keeps]
        if not left.size:
            break
    return left[other[left]]


def _is(column: F, value: float) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        close: NDArray[np.bool_] = np.abs(column - value) <= PRECISION * abs(value)
    return close
