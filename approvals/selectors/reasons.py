"""Which reasons the challenger leans on that the champion did not; computed by the explain worker."""

from __future__ import annotations

from typing import Any

from explain.selectors import compare
from mlops_portal.foundation.registry.models import ModelVersion


def reasons_between(champion: ModelVersion | None, challenger: ModelVersion) -> list[dict[str, Any]]:
    """[{"group", "before", "after", "noise", "beyond"}]; empty without a champion, or too early."""
    if champion is None:
        return []
    return [dict(one) for one in compare(champion, challenger)]
