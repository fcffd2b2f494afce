"""Readings that are words: how a category becomes a number, and back.

- A category travels as text at the source and as its code from there on: 0 … k-1 in the order of the
  feature's ``categories``, k for a text that is none of them ("unseen"), nothing for a missing one.
- A sketch counts the codes with the edges 0 … k-1, so each category has a bin, and the bin above the last
  edge counts the unseen.
- A model gets an unseen category as a missing reading: it was never taught what the code k means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def as_text(value: object) -> str:
    """A value of a source as the text of a category; "" where it is missing.

    Whole numbers and booleans are written as a person would: 3 and 3.0 are "3", True is "true".
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def code_of(value: object, categories: Sequence[str]) -> float:
    """The code of ``value`` among ``categories``: its place, ``len(categories)`` for an unseen one, NaN for a
    missing one."""
    text = as_text(value)
    if not text:
        return math.nan
    try:
        return float(categories.index(text))
    except ValueError:
        return float(len(categories))


def text_of(code: float | None, categories: Sequence[str]) -> str | None:
    """The category of a code; None for the unseen code and for what is missing or no code."""
    if code is None or not math.isfinite(code) or not 0 <= code < len(categories):
        return None
    return categories[int(code)]


def edges_of(categories: Sequence[str]) -> list[float]:
    """The edges of a sketch's bins: one for each code."""
    return [float(code) for code in range(len(categories))]
