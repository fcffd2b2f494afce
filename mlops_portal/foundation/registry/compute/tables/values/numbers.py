"""Text to numbers, a column at a time, in any way of writing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.values.spelling import (
    BELOW,
    MARKS,
    MINUS,
    NO_READING,
    number_pattern,
)

GAP_WORDS = pa.array(NO_READING)
PLAIN_MARKS = pa.array(MARKS)


@dataclass(frozen=True, slots=True)
class Parsed:
    """``values`` float64 (n,), NaN where missing or no number. Masks bool (n,), None where nothing is there:
    ``odd`` where something is no number, ``errors`` where a word says that nothing was read, ``minus`` where
    a number has another minus than a hyphen, ``below`` where it is below zero as accountants write it."""

    values: NDArray[np.float64]
    odd: NDArray[np.bool_] | None = None
    errors: NDArray[np.bool_] | None = None
    minus: NDArray[np.bool_] | None = None
    below: NDArray[np.bool_] | None = None


def trimmed(texts: pa.Array) -> pa.Array:
    """Without blanks around, and null where a word says that nothing was read."""
    bare = pc.utf8_trim_whitespace(texts)
    gap = pc.is_in(pc.utf8_lower(bare), value_set=GAP_WORDS)
    return pc.if_else(pc.or_(gap, pc.equal(bare, "")), pa.scalar(None, pa.string()), bare)


def parse(texts: pa.Array, decimal: str = ".", thousands: str = "") -> Parsed:
    """``texts`` string (n,) as numbers."""
    if decimal == ".":
        try:
            return Parsed(as_float(pc.cast(texts, pa.float64())))
        except pa.ArrowInvalid:
            pass
    thousands = thousands or ("," if decimal == "." else ".")
    bare, minus, below = signed(trimmed(texts))
    fits = pc.fill_null(pc.match_substring_regex(bare, number_pattern(decimal, thousands)), False)
    odd = pc.and_(pc.is_valid(bare), pc.invert(fits)).to_numpy(zero_copy_only=False)
    errors = pc.and_(pc.is_valid(texts), pc.is_null(bare)).to_numpy(zero_copy_only=False)
    if errors.any():
        words = pc.fill_null(pc.utf8_trim_whitespace(texts), "")
        errors &= ~pc.is_in(words, value_set=PLAIN_MARKS).to_numpy(zero_copy_only=False)
    clean = pc.if_else(fits, bare, pa.scalar(None, pa.string()))
    clean = pc.replace_substring_regex(clean, r"[ '\x{a0}\x{202f}’]", "")
    clean = pc.replace_substring(clean, thousands, "")
    if decimal != ".":
        clean = pc.replace_substring(clean, decimal, ".")
    return Parsed(
        as_float(pc.cast(clean, pa.float64())),
        odd if odd.any() else None,
        errors if errors.any() else None,
        *(None if where is None else _some(where & ~odd) for where in (minus, below)),
    )


def signed(bare: pa.Array) -> tuple[pa.Array, NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
    """With a hyphen before what is below zero; where another sign stood there, and where brackets did."""
    minus, below = (_where(bare, pattern) for pattern in (f"[{MINUS}]", BELOW))
    if minus is not None:
        bare = pc.replace_substring_regex(bare, f"[{MINUS}]\\s?", "-")
    if below is not None:
        bare = pc.replace_substring_regex(bare, BELOW, r"-\1\2")
    return bare, minus, below


def _where(texts: pa.Array, pattern: str) -> NDArray[np.bool_] | None:
    matches = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return _some(matches.to_numpy(zero_copy_only=False))


def _some(where: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    return where if where.any() else None


def as_float(values: pa.Array) -> NDArray[np.float64]:
    """Arrow numbers as float64 with NaN for null."""
    floats: NDArray[Any] = pc.cast(values, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return floats.astype(np.float64, copy=False)
