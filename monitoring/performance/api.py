"""What models judged, and what inspection found of it."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal.foundation.plant.models import Person
from monitoring.intake.api import OnLines
from monitoring.models import (
    Prediction,
)
from monitoring.performance.filters import PredictionFilter
from monitoring.performance.serializers import InspectionSerializer, JudgedSerializer
from monitoring.performance.services.inspections import inspection_record


class Predictions(OnLines):
    queryset = Prediction.objects.order_by("-at", "-id")
    serializer_class = JudgedSerializer
    filterset_class = PredictionFilter
    lookup_value_converter = "str"
    ordering = ("-at", "-id")

    def visible(self) -> QuerySet[Prediction]:
        return (
            self.queryset.filter(asset__line__in=self.lines)
            .select_related("asset", "version__model")
            .prefetch_related("inspections")
        )


class Inspections(APIView):
    @extend_schema(
        request=InspectionSerializer,
        responses={201: JudgedSerializer(many=True)},
        operation_id="inspection_record",
    )
    def post(self, request: Request) -> Response:
        """Tell what inspection found of a part; answers with the judgements that it speaks of."""
        asked = InspectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        by: Person = request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        judgements = inspection_record(by=by, part_id=given.pop("part"), **given)
        return Response(JudgedSerializer(judgements, many=True).data, status=201)
