"""Tables of values by API: the same reader, rules and questions as on the page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.policies import guard
from monitoring.measures.selectors.measures import measures_for
from monitoring.measures.serializers import (
    MeasureTableSerializer,
    TableAnswerSerializer,
    TableBringSerializer,
)
from monitoring.measures.services.tables import measure_table_answer, measure_table_bring
from monitoring.models import MeasureTable


class MeasureTables(Things):
    """Tables of values that people brought, newest first."""

    view_action = "measure.view"
    queryset = MeasureTable.objects.order_by("-created_at", "-id")
    serializer_class = MeasureTableSerializer
    filter_backends = ()
    parser_classes = (MultiPartParser, JSONParser)
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-created_at", "-id")

    def visible(self) -> QuerySet[MeasureTable]:
        return self.queryset.filter(measure__in=measures_for(person=self.person)).select_related("measure")

    @extend_schema(
        request={"multipart/form-data": TableBringSerializer}, responses={201: MeasureTableSerializer}
    )
    def create(self, request: Request) -> Response:
        """Bring a table; a worker reads it, and takes its values where nothing is left to ask."""
        guard(self.person, "measure.record")
        asked = TableBringSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        mine = measures_for(person=self.person, action="measure.record").filter(ended_at=None)
        made = measure_table_bring(
            by=self.person,
            measure=get_object_or_404(mine, key=given["measure"]),
            file=given["file"],
            name=given["file"].name,
            answers={"zone": given["zone"]} if given["zone"] else {},
        )
        return self.shown(made)

    @extend_schema(request=TableAnswerSerializer, responses={202: MeasureTableSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        """Answer what the reader could only guess; the table is read again then."""
        asked = TableAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        table = measure_table_answer(by=self.person, table=self.get_object(), **asked.validated_data)
        return self.shown(table, status=202)
