"""What a table's columns hold, small enough to be kept beside the table and read by the web.

Facts of a column: {"numeric", "distinct", "missing", "values": [[text, count], …] most frequent first,
"min", "max", "q05", "q95"} (the last four None where it holds no numbers).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlops_portal.registry.compute.tables.model import Frame

MOST_VALUES = 40
DIGITS = 9


def text_of(value: float, kind: str) -> str:
    """How a number of a column is named as a class."""
    if kind == "boolean":
        return "yes" if value else "no"
    return f"{value:.{DIGITS}g}"


def texts(values: NDArray[Any], kind: str) -> list[str | None]:
    """The column (n,) as texts, None where nothing stands."""
    if values.dtype == object:
        return [None if one is None or not str(one).strip() else str(one) for one in values]
    distinct, place = np.unique(values, return_inverse=True)
    names = [None if not np.isfinite(one) else text_of(float(one), kind) for one in distinct]
    return [names[index] for index in place]


def facts_of(values: NDArray[Any], kind: str) -> dict[str, Any]:
    """The facts of one column (n,): float64 or object."""
    if values.dtype == object:
        tally = Counter(one for one in texts(values, kind) if one is not None)
        return {
            "numeric": False,
            "distinct": len(tally),
            "missing": len(values) - tally.total(),
            "values": [[text, count] for text, count in tally.most_common(MOST_VALUES)],
            **dict.fromkeys(("min", "max", "q05", "q95")),
        }
    finite = values[np.isfinite(values)]
    distinct, counts = np.unique(finite, return_counts=True)
    frequent = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    low, high = np.quantile(finite, [0.05, 0.95]) if len(finite) else (None, None)
    return {
        "numeric": kind != "boolean",
        "distinct": len(distinct),
        "missing": len(values) - len(finite),
        "values": [[text_of(float(distinct[one]), kind), int(counts[one])] for one in frequent]
        if len(distinct) <= MOST_VALUES
        else [],
        "min": _plain(finite.min() if len(finite) else None),
        "max": _plain(finite.max() if len(finite) else None),
        "q05": _plain(low),
        "q95": _plain(high),
    }


def _plain(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def facts_of_table(frame: Frame) -> dict[str, dict[str, Any]]:
    """By column name."""
    return {name: facts_of(values, str(frame.kinds[name])) for name, values in frame.columns.items()}
