"""Measures and their values."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.plant.policies import guard
from monitoring.measures.filters import MeasureFilter, MeasureValueFilter
from monitoring.measures.selectors.measures import measures_for
from monitoring.measures.serializers import (
    MeasureSerializer,
    MeasureValueSerializer,
    NewNormalSerializer,
    NormalReasonSerializer,
    RecordedSerializer,
    RelearnSerializer,
    SpecSerializer,
    ValuesSerializer,
    given_of,
)
from monitoring.measures.services.capability import measure_spec_set
from monitoring.measures.services.measures import measure_add, measure_end
from monitoring.measures.services.normals import measure_relearn, measure_relearn_undo
from monitoring.measures.services.values import values_record
from monitoring.models import Measure, MeasureValue


class Measures(Things):
    """Measures on one's lines."""

    view_action = "measure.view"
    queryset = Measure.objects.order_by("id")
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = "id"

    def visible(self) -> QuerySet[Measure]:
        return measures_for(person=self.person).order_by("pk")

    def create(self, request: Request) -> Response:
        given = self.parsed()
        guard(self.person, "measure.edit", line=given["line"])
        return self.shown(measure_add(by=self.person, **given))

    def destroy(self, request: Request, pk: int) -> Response:
        """End it; what was recorded stays."""
        measure_end(by=self.person, measure=self.get_object())
        return gone()

    @extend_schema(request=SpecSerializer, responses=MeasureSerializer)
    @action(detail=True, methods=["post"])
    def spec(self, request: Request, pk: int) -> Response:
        """Say what the drawing allows; capability follows from it."""
        measure, asked = self.get_object(), SpecSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self.shown(
            measure_spec_set(by=self.person, measure=measure, **asked.validated_data), status=200
        )

    @extend_schema(request=RelearnSerializer, responses=MeasureSerializer)
    @action(detail=True, methods=["post"])
    def relearn(self, request: Request, pk: int) -> Response:
        """Take the level since a moment as the new normal, with the reason."""
        measure, asked = self.get_object(), RelearnSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        measure_relearn(by=self.person, measure=measure, **asked.validated_data)
        return self.shown(measure, status=200)

    @extend_schema(request=NormalReasonSerializer, responses=MeasureSerializer)
    @action(detail=True, methods=["post"], url_path="relearn-undo")
    def relearn_undo(self, request: Request, pk: int) -> Response:
        """Take the newest new normal back, with the reason."""
        measure, asked = self.get_object(), NormalReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        measure_relearn_undo(by=self.person, measure=measure, **asked.validated_data)
        return self.shown(measure, status=200)

    @extend_schema(responses=NewNormalSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def normals(self, request: Request, pk: int) -> Response:
        """Every level that a person took as normal, newest first, with those taken back."""
        return Response(NewNormalSerializer(self.get_object().normals.all()[:200], many=True).data)


class MeasureValues(Things):
    """Values of measures, newest first; POST takes a batch, and the same batch again changes nothing."""

    view_action = "measure.view"
    queryset = MeasureValue.objects.order_by("-at", "-id")
    serializer_class = MeasureValueSerializer
    filterset_class = MeasureValueFilter
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-at", "-id")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # a station's token may only send, so sending does not ask for the right to look
        self.view_action = None if request.method == "POST" else "measure.view"  # type: ignore[misc]
        super().initial(request, *args, **kwargs)

    def visible(self) -> QuerySet[MeasureValue]:
        return self.queryset.filter(measure__in=measures_for(person=self.person)).select_related("measure")

    @extend_schema(request=ValuesSerializer, responses={200: RecordedSerializer})
    def create(self, request: Request) -> Response:
        guard(self.person, "measure.record")
        asked = ValuesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        mine = measures_for(person=self.person, action="measure.record").filter(ended_at=None)
        measure = get_object_or_404(mine, key=given["measure"])
        values = [(one["at"], given_of(measure.chart, one)) for one in given["values"]]
        done = values_record(by=self.person, measure=measure, values=values)
        return Response(RecordedSerializer(done).data, status=200)
