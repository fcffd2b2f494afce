"""What the list of statistics can be narrowed by."""

from __future__ import annotations

from monitoring.intake.filters import OfAsset
from monitoring.models import (
    StatisticPoint,
)


class StatisticFilter(OfAsset):
    class Meta:
        model = StatisticPoint
        fields = ["feature", "statistic"]
