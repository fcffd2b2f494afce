"""Which class each row belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.above.onboarding.rules.plain import ABOVE, BELOW, WITHIN
from mlops_portal.foundation.wire.categories import as_text

if TYPE_CHECKING:
    from mlops_portal.foundation.registry.compute.tables.model import Frame


def labels_of(frame: Frame, name: str, plan: Mapping[str, Any]) -> list[str | None]:
    """The class key of each row (n,), None where the target ``name`` says nothing or a value without a class.

    ``plan``: {"limits", "classes"} (``rules.target``).
    """
    if plan.get("limits"):
        return _by_limits(np.asarray(frame.columns[name], dtype=np.float64), plan["limits"], plan["classes"])
    key = {as_text(text): one["key"] for one in plan["classes"] for text in one.get("values", ())}
    return [None if text is None else key.get(text) for text in frame.text(name)]


def _by_limits(
    values: NDArray[np.float64], limits: Mapping[str, float | None], classes: Sequence[Mapping[str, Any]]
) -> list[str | None]:
    low, high = limits.get("low"), limits.get("high")
    known = {one["key"] for one in classes}
    labels = np.full(len(values), WITHIN, dtype=object)
    labels[values < (-np.inf if low is None else low)] = BELOW
    labels[values > (np.inf if high is None else high)] = ABOVE
    labels[~np.isfinite(values)] = None
    return [one if one in known else None for one in labels]


def good_rows(labels: Sequence[str | None], plan: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which rows are good parts: bool (n,); all that have a label where no class is good."""
    good = {one["key"] for one in plan["classes"] if not one["defect"]}
    if not good:
        return np.array([one is not None for one in labels], dtype=np.bool_)
    return np.array([one in good for one in labels], dtype=np.bool_)
