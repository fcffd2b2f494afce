"""Exports of the log in the API."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.people import person_of
from approvals.selectors.records.export import export_made, exports_made, scope_of
from approvals.serializers.log import ExportIn, ExportOut
from approvals.services.export import export_ask, export_name, export_open
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.api.serializers import JobOut


@extend_schema_view(get=extend_schema(operation_id="exports"))
class ExportList(generics.ListAPIView[Event]):
    """Every export that was made, newest first."""

    serializer_class = ExportOut
    filter_backends = ()
    queryset = Event.objects.none()
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Event]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return super().get_queryset()
        guard(person_of(self.request), "log.export")
        return exports_made()

    @extend_schema(request=ExportIn, responses={202: JobOut}, operation_id="export_create")
    def post(self, request: Request) -> Response:
        """Make an export; the job leads to it."""
        by = person_of(request)
        guard(by, "log.export")
        asked = ExportIn(data=request.data)
        asked.is_valid(raise_exception=True)
        job = export_ask(by=by, scope=scope_of(asked.validated_data))
        return Response(JobOut(job).data, status=202)


class ExportView(APIView):
    @extend_schema(responses=ExportOut, operation_id="export")
    def get(self, request: Request, digest: str) -> Response:
        """One export by the SHA-256 of its file."""
        guard(person_of(request), "log.export")
        return Response(ExportOut(export_made(digest)).data)


class ExportFile(APIView):
    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY}, operation_id="export_file")
    def get(self, request: Request, digest: str) -> FileResponse:
        """The zip."""
        guard(person_of(request), "log.export")
        made = export_made(digest)
        return FileResponse(
            export_open(made=made),
            as_attachment=True,
            filename=export_name(made=made),
            content_type="application/zip",
        )
