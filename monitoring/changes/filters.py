"""What the list of changes can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from monitoring.models import (
    ProcessChange,
)


class ChangeFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")

    class Meta:
        model = ProcessChange
        fields = ["kind"]
