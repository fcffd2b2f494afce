"""What a table's columns hold, small enough to be kept beside the table and read by the web.

Facts of a column: {"numeric", "distinct", "missing", "values": [[text, count], …] most frequent first,
"min", "max", "q05", "q95"} (the last four None where it holds no numbers); "spelt": [[text in the file,
count], …] of values that are written in another than their one form (``wire.categories``), "gap_words":
[[word, count], …] that were taken for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlops_portal.foundation.registry.compute.tables.model import Frame

MOST_VALUES = 40
DIGITS = 12


def facts_of(frame: Frame, name: str) -> dict[str, Any]:
    """The facts of one column."""
    values, kind = frame.columns[name], str(frame.kinds[name])
    numeric = kind == "number"
    distinct, missing = _counts(values)
    tally: Counter[str] = Counter()
    if not numeric or distinct <= MOST_VALUES:
        tally.update(text for text in frame.text(name) if text is not None)
    facts = {
        "numeric": numeric,
        "distinct": distinct,
        "missing": missing,
        "values": [[text, count] for text, count in tally.most_common(MOST_VALUES)],
        "spelt": _most(frame.spelt.get(name, {})),
        "gap_words": _most(frame.gap_words.get(name, {})),
    }
    return {**facts, **_range(values if numeric else np.zeros(0))}


def _most(tally: Mapping[str, int]) -> list[list[Any]]:
    return [[text, count] for text, count in Counter(tally).most_common(MOST_VALUES)]


def _counts(values: NDArray[Any]) -> tuple[int, int]:
    if values.dtype == object:
        there = [one for one in values if one is not None]
        return len(set(there)), len(values) - len(there)
    finite = values[np.isfinite(values)]
    return len(np.unique(finite)), len(values) - len(finite)


def _range(values: NDArray[np.float64]) -> dict[str, float | None]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return dict.fromkeys(("min", "max", "q05", "q95"))
    low, high = np.quantile(finite, [0.05, 0.95])
    named = zip(("min", "max", "q05", "q95"), (finite.min(), finite.max(), low, high), strict=True)
    return {name: float(f"{value:.{DIGITS}g}") for name, value in named}


def facts_of_table(frame: Frame) -> dict[str, dict[str, Any]]:
    """By column name."""
    return {name: facts_of(frame, name) for name in frame.columns}
