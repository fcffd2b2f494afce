"""What the list of drift reports can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from monitoring.models import (
    DriftReport,
)


class DriftReportFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    model = filters.CharFilter(field_name="version__model__slug")
    version = filters.NumberFilter(field_name="version__number")

    class Meta:
        model = DriftReport
        fields = ["state"]
