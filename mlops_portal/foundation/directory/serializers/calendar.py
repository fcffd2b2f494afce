"""Shifts and closed days as JSON."""

from __future__ import annotations

from rest_framework import serializers

from mlops_portal.foundation.directory.serializers.fields import LineField, SiteField
from mlops_portal.foundation.plant.models import ClosedDay, Shift


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """Times are the site's local time; a shift that ends before it starts ends on the next day."""

    site = SiteField()

    class Meta:
        model = Shift
        fields = ["id", "site", "name", "starts", "ends", "weekdays"]
        validators: list[object] = []  # a shift of the same name is changed


class ClosedDaySerializer(serializers.ModelSerializer[ClosedDay]):
    site = SiteField()
    line = LineField(allow_null=True, required=False, default=None)

    class Meta:
        model = ClosedDay
        fields = ["id", "site", "line", "day", "reason"]
        validators: list[object] = []  # the service says that the day is closed already
