"""Studies of measuring systems, in the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.gauges.selectors.studies import studies_for
from monitoring.gauges.services.studies import gauge_study_record
from monitoring.models import GaugeStudy, Measure
from monitoring.models.gauge import GaugeKind


class MeasurementSerializer(serializers.Serializer[Any]):
    part = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    person = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    value = serializers.FloatField()


class GaugeStudySerializer(serializers.ModelSerializer[GaugeStudy]):
    """A study; what follows ``measurements`` is the portal's own."""

    measure = serializers.SlugRelatedField(slug_field="key", queryset=Measure.objects.filter(ended_at=None))
    kind = serializers.ChoiceField(choices=GaugeKind.choices)
    measurements = MeasurementSerializer(many=True, write_only=True, max_length=2000)  # type: ignore[call-arg]  # of many
    rows = serializers.JSONField(read_only=True, help_text="[part, person, value] of each measurement.")

    class Meta:
        model = GaugeStudy
        fields = [
            *("id", "measure", "kind", "equipment", "reference", "resolution", "measurements", "rows"),
            *("tolerance", "state", "verdict", "result", "problem", "at"),
        ]
        read_only_fields = ["id", "tolerance", "state", "verdict", "result", "problem", "at"]


class GaugeStudies(Things):
    """Studies of the measuring systems of measures on one's lines."""

    view_action = "measure.view"
    queryset = GaugeStudy.objects.order_by("-at", "-id")
    serializer_class = GaugeStudySerializer
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-at", "-id")

    def visible(self) -> QuerySet[GaugeStudy]:
        return studies_for(person=self.person)

    def create(self, request: Request) -> Response:
        given = self.parsed()
        guard(self.person, "measure.edit", line=given["measure"].line)
        mine = Measure.objects.filter(line__in=lines_for(person=self.person, action="measure.view"))
        measure = get_object_or_404(mine, pk=given.pop("measure").pk)
        rows = [(one["part"], one["person"], one["value"]) for one in given.pop("measurements")]
        return self.shown(gauge_study_record(by=self.person, measure=measure, rows=rows, **given))
