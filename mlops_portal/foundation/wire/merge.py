"""Merging windows: counts, moments and classes add up, in any order and grouping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from mlops_portal.foundation.wire.errors import Invalid

Number = TypeVar("Number", int, float)
LARGEST = (1 << 53) - 1


def add_counts(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """The sum of two lists of counts, bin by bin; Invalid where the bins differ or a sum leaves 53 bits."""
    if not a:
        return list(b)
    if not b:
        return list(a)
    if len(a) != len(b):
        raise Invalid(
            f"counts of {len(a)} and of {len(b)} bins cannot be added; use the bins of the reference"
        )
    summed = [x + y for x, y in zip(a, b, strict=True)]
    if max(summed) > LARGEST:
        raise Invalid("a count grew past 2**53 - 1; use shorter windows")
    return summed


def add_moments(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """The sum of two lists of moments: [n, sum, sum of squares, sum of lag-1 products, lag-1 pairs]."""
    if not a:
        return list(b)
    if not b:
        return list(a)
    if len(a) != len(b):
        raise Invalid(f"moments of {len(a)} and of {len(b)} values cannot be added")
    return [x + y for x, y in zip(a, b, strict=True)]


def add_by_key(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    """The sum of two tallies, for example of classes."""
    return {key: a.get(key, 0) + b.get(key, 0) for key in sorted({*a, *b})}


def add_by_feature(a: Mapping[str, list[int]], b: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The sum of the counts of many features."""
    return {key: add_counts(a.get(key, []), b.get(key, [])) for key in sorted({*a, *b})}


def add_moments_by_feature(
    a: Mapping[str, list[float]], b: Mapping[str, list[float]]
) -> dict[str, list[float]]:
    """The sum of the moments of many features."""
    return {key: add_moments(a.get(key, []), b.get(key, [])) for key in sorted({*a, *b})}
