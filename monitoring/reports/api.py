"""Drift reports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from monitoring.errors import NoVersion
from monitoring.models import DriftReport
from monitoring.reports.filters import DriftReportFilter
from monitoring.reports.selectors.reports import machines_for, reports_for, version_named
from monitoring.reports.serializers import DriftReportIn, DriftReportLineSerializer, DriftReportSerializer
from monitoring.reports.services.reports import drift_report_ask


class DriftReports(Things):
    """What readings were like in any past span, beside what a version learned; newest first.

    POST asks: 201 where a worker makes the report now, 200 where a stored one answers. It is made when its
    state says so.
    """

    view_action = "alert.view"
    queryset = DriftReport.objects.order_by("-id")
    serializer_class = DriftReportSerializer
    filterset_class = DriftReportFilter
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = "-id"

    def visible(self) -> QuerySet[DriftReport]:
        reports = reports_for(self.person).order_by("-pk")
        return reports.defer("body") if self.action == "list" else reports

    def get_serializer_class(self) -> Any:
        return DriftReportLineSerializer if self.action == "list" else DriftReportSerializer

    @extend_schema(request=DriftReportIn, responses={200: DriftReportSerializer, 201: DriftReportSerializer})
    def create(self, request: Request) -> Response:
        asking = DriftReportIn(data=request.data)
        asking.is_valid(raise_exception=True)
        given = dict(asking.validated_data)
        asset = get_object_or_404(machines_for(self.person), slug=given.pop("asset"))
        named = given.pop("version")
        version = version_named(named) if named else None
        if named and version is None:
            raise NoVersion(_("There is no version %(version)s.") % {"version": named})
        report, new = drift_report_ask(by=self.person, asset=asset, version=version, **given)
        return self.shown(report, status=201 if new else 200)
