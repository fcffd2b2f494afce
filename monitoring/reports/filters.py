"""What the list of drift reports can be narrowed by."""

from __future__ import annotations

import django_filters as filters
from django import forms

from monitoring.models import (
    DriftReport,
)


class WholeNumberFilter(filters.NumberFilter):
    field_class = forms.IntegerField


class DriftReportFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    model = filters.CharFilter(field_name="version__model__slug")
    version = WholeNumberFilter(field_name="version__number")

    class Meta:
        model = DriftReport
        fields = ["state"]
