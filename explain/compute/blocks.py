"""Readings that belong together, where nobody has said which: groups to explain hundreds of sensors by.

- Names come first: readings whose names differ only in their numbers (``pressure_1``, ``pressure_2``) are a
  group, if that makes a few groups at all.
- Else readings that move together are: average linkage on 1 - |Spearman's rho|, cut where the readings of a
  group still resemble each other by ``LEAST`` on average (Aas, Jullum and Løland 2021 explain such groups
  instead of their members).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

LEAST = 0.4
ENOUGH = 3  # rows of a pair to speak of its correlation; with fewer nothing moves together
NUMBERS = re.compile(r"[\s_-]*\d+$")


def groups(keys: Sequence[str], readings: NDArray[np.float64]) -> list[int]:
    """The group of each reading, numbered in the order of their first; ``readings`` float64 (n, features),
    NaN where missing."""
    named = _by_name(keys)
    grouping = named if named is not None else _by_movement(readings)
    place = {one: number for number, one in enumerate(dict.fromkeys(grouping))}
    return [place[one] for one in grouping]


def _by_name(keys: Sequence[str]) -> list[int] | None:
    """None where names tell little: hardly two alike, or most of them alike."""
    stems = [NUMBERS.sub("", one) for one in keys]
    counts = Counter(stems)
    if not 3 <= len(counts) <= len(keys) / 2 or max(counts.values()) > len(keys) / 2:
        return None
    order = {stem: number for number, stem in enumerate(counts)}
    return [order[one] for one in stems]


def _by_movement(readings: NDArray[np.float64]) -> list[int]:
    count = readings.shape[1]
    if count < 2 or len(readings) < ENOUGH:
        return list(range(count))
    distance = 1.0 - np.abs(_correlation(readings))
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), method="average")
    return [int(one) for one in fcluster(tree, 1.0 - LEAST, criterion="distance")]


def _correlation(readings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's rho of every pair (features, features); a missing value counts as the middle rank, and what
    never changes goes with nothing."""
    ranks = rankdata(readings, axis=0, nan_policy="omit")
    there = np.isfinite(ranks)
    middle = np.where(there, ranks, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    centred = np.where(there, ranks - middle, 0.0)
    length = np.sqrt(np.square(centred).sum(axis=0))
    scaled = centred / np.where(length > 0, length, 1.0)
    return np.asarray(np.clip(scaled.T @ scaled, -1.0, 1.0), dtype=np.float64)


def names(keys: Sequence[str], group: Sequence[int]) -> list[str]:
    """What each reading's group is called: its only member, the common stem, or its first member."""
    members: dict[int, list[str]] = {}
    for key, own in zip(keys, group, strict=True):
        members.setdefault(own, []).append(key)
    by_group: dict[int, str] = {}
    for own, inside in members.items():
        stems = {NUMBERS.sub("", one) for one in inside}
        first = inside[0]
        by_group[own] = first if len(inside) == 1 else f"{first} (+ {len(inside) - 1})"
        if len(inside) > 1 and len(stems) == 1 and (stem := stems.pop()):
            alone = all(NUMBERS.sub("", key) != stem or key in inside for key in keys)
            by_group[own] = stem if alone else by_group[own]
    return [by_group[own] for own in group]
