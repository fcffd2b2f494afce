"""What the list of judgements can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from monitoring.intake.filters import PartFilter
from monitoring.models import (
    Prediction,
)


class PredictionFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    part = PartFilter(field_name="part_id")

    class Meta:
        model = Prediction
        fields = ["label", "truth", "contradicted"]
