"""What the lists of parts in doubt can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from monitoring.intake.filters import PartFilter
from monitoring.models import Containment


class ContainmentFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")

    class Meta:
        model = Containment
        fields = ["state", "trigger"]


class ContainmentPartFilter(filters.FilterSet):
    containment = filters.NumberFilter()
    lot = filters.CharFilter()
    part = PartFilter(field_name="part_id")
    waiting = filters.BooleanFilter(field_name="disposition", lookup_expr="isnull")
