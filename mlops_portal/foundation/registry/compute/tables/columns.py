"""Columns by name: the closest to what was asked for."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, several

UNKNOWN = gettext_noop("There is no column {column}; did you mean {closest}? The table has: {names}.")
NONE_LIKE_IT = gettext_noop("There is no column {column}; the table has: {names}.")


def closest(name: str, names: Sequence[str], most: int = 3) -> list[str]:
    """The names that look like ``name``, the most alike first."""
    low = name.casefold()
    alike = {one: difflib.SequenceMatcher(None, low, one.casefold()).ratio() for one in names}
    for one in names:
        if low and (low in one.casefold() or one.casefold() in low):
            alike[one] = max(alike[one], 0.8)
    return sorted((one for one in names if alike[one] >= 0.6), key=lambda one: -alike[one])[:most]


def unknown_column(name: str, names: Sequence[str]) -> Problem:
    """There is no such column; the closest come first."""
    near = closest(name, names)
    return problem(
        "unknown-column",
        UNKNOWN if near else NONE_LIKE_IT,
        column=name,
        closest=several(near),
        names=several(list(names), 12),
    )
