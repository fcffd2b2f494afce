"""What nodes sent: windows, batches, what was set aside, what ran unapproved."""

from __future__ import annotations

from django.db.models import QuerySet

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.intake.filters import (
    BatchFilter,
    SetAsideFilter,
    UnapprovedRunFilter,
    WindowFilter,
)
from monitoring.intake.selectors.aside import aside_for, unapproved_for
from monitoring.intake.serializers import (
    BatchSerializer,
    SetAsideSerializer,
    UnapprovedRunSerializer,
    WindowSerializer,
)
from monitoring.models import (
    Quarantined,
    TelemetryBatch,
    UnapprovedRun,
    Window,
)


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
