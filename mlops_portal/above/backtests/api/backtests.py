"""Back-tests."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.above.backtests.selectors.backtests import backtests_all, comparable, differing, result_open
from mlops_portal.above.backtests.serializers import (
    BackTestIn,
    BackTestOut,
    BackTestQuery,
    BackTestsBesideOut,
    BesideQuery,
)
from mlops_portal.above.backtests.services.backtests import backtest_cancel, backtest_delete, backtests_run
from mlops_portal.above.backtests.transitions import Kind
from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.shell.api.query import asked


class BackTests(Things):
    view_action = "backtest.view"
    queryset = BackTest.objects.order_by("-id")
    serializer_class = BackTestOut
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]+"
    ordering = "-id"  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[BackTest]:
        rows = backtests_all().order_by("-id")
        if self.action != "list":
            return rows
        return rows.filter(**asked(BackTestQuery, self.request))

    @extend_schema(parameters=[BackTestQuery])
    def list(self, request: Request) -> Response:
        """Back-tests, newest first."""
        return super().list(request)

    @extend_schema(request=BackTestIn, responses={201: BackTestOut})
    def create(self, request: Request) -> Response:
        """Start a back-test; its job tells how far it is."""
        wish = BackTestIn(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        made = backtests_run(
            by=self.person,
            kind=Kind(given["kind"]),
            table=given["table"],
            reference=given["reference"],
            name=given["name"],
            choices=[given["parameters"]],
        )
        return self.shown(made[0])

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a back-test that is over, with its result."""
        backtest_delete(by=self.person, test=self.get_object())
        return gone()

    @extend_schema(request=None, responses=BackTestOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End a back-test that waits or is at work."""
        return self.shown(backtest_cancel(by=self.person, test=self.get_object()), status=200)

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    @action(detail=True)
    def result(self, request: Request, pk: str) -> FileResponse:
        """The whole result, as the command of that kind prints it."""
        return FileResponse(result_open(self.get_object()), content_type="application/json")

    @extend_schema(parameters=[BesideQuery], responses=BackTestsBesideOut)
    @action(detail=False)
    def compare(self, request: Request) -> Response:
        """Two to four of one kind on one table: their figures, and the choices that differ."""
        tests = comparable(asked(BesideQuery, request)["test"])
        rows = {row.title: [str(value) for value in row.cells] for row in differing(tests)}
        return Response({"tests": BackTestOut(tests, many=True).data, "differing": rows})
