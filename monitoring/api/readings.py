"""What nodes sent, what was computed of it, and what people add: windows, statistics, truths, changes."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.filters import (
    BatchFilter,
    ChangeFilter,
    PredictionFilter,
    SetAsideFilter,
    StatisticFilter,
    UnapprovedRunFilter,
    WindowFilter,
)
from monitoring.models import (
    Prediction,
    ProcessChange,
    Quarantined,
    StatisticPoint,
    TelemetryBatch,
    UnapprovedRun,
    Window,
)
from monitoring.selectors.aside import aside_for, unapproved_for
from monitoring.serializers import (
    BatchSerializer,
    ChangeSerializer,
    InspectionSerializer,
    JudgedSerializer,
    SetAsideSerializer,
    StatisticSerializer,
    UnapprovedRunSerializer,
    WindowSerializer,
)
from monitoring.services import change_record, inspection_record


class OnLines(Things):
    """Things of machines on the person's lines."""

    view_action = "alert.view"
    lookup_field = "pk"
    lookup_value_converter = "int"

    @property
    def lines(self) -> QuerySet[Line]:
        return lines_for(person=self.person, action="alert.view")


class Windows(OnLines):
    queryset = Window.objects.order_by("-starts", "-id")
    serializer_class = WindowSerializer
    filterset_class = WindowFilter
    ordering = ("-starts", "-id")

    def visible(self) -> QuerySet[Window]:
        return self.queryset.filter(asset__line__in=self.lines).select_related("asset", "version")


class Statistics(OnLines):
    queryset = StatisticPoint.objects.order_by("-starts", "-id")
    serializer_class = StatisticSerializer
    filterset_class = StatisticFilter
    ordering = ("-starts", "-id")

    def visible(self) -> QuerySet[StatisticPoint]:
        return self.queryset.filter(asset__line__in=self.lines).select_related("asset", "version")


class Batches(OnLines):
    queryset = TelemetryBatch.objects.order_by("-id")
    serializer_class = BatchSerializer
    filterset_class = BatchFilter
    ordering = "-id"

    def visible(self) -> QuerySet[TelemetryBatch]:
        return self.queryset.filter(node__line__in=self.lines).defer("body").select_related("node")


class SetAside(OnLines):
    """Records of nodes that were not used, each with its reason."""

    queryset = Quarantined.objects.order_by("-at", "-id")
    serializer_class = SetAsideSerializer
    filterset_class = SetAsideFilter
    ordering = ("-at", "-id")

    def visible(self) -> QuerySet[Quarantined]:
        return aside_for(self.person)


class UnapprovedRuns(OnLines):
    """Machines that ran a model which nobody approved; those that do so now have no end."""

    view_action = "release.view"
    queryset = UnapprovedRun.objects.order_by("-since", "-id")
    serializer_class = UnapprovedRunSerializer
    filterset_class = UnapprovedRunFilter
    ordering = ("-since", "-id")

    def visible(self) -> QuerySet[UnapprovedRun]:
        return unapproved_for(self.person)


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


class Changes(OnLines):
    queryset = ProcessChange.objects.order_by("-at", "-id")
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    ordering = ("-at", "-id")

    def visible(self) -> QuerySet[ProcessChange]:
        return self.queryset.filter(asset__line__in=self.lines).select_related("asset")

    def create(self, request: Request) -> Response:
        change, _undo = change_record(by=self.person, **self.parsed())
        return self.shown(change)


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
        found = inspection_record(by=by, part_id=given.pop("part"), **given)
        return Response(JudgedSerializer(found, many=True).data, status=201)
