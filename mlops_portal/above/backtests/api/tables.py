"""Tables of back-tests."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.selectors.backtests import tables_all
from mlops_portal.above.backtests.serializers import BackTestTableAnswer, TableIn, TableOut
from mlops_portal.above.backtests.services.tables import (
    table_add,
    table_answer,
    table_of_dataset,
    table_remove,
)
from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.shell.api.parsers import Json


class Tables(Things):
    view_action = "backtest.view"
    queryset = PastTable.objects.order_by("-id")
    serializer_class = TableOut
    filter_backends = ()
    parser_classes = (MultiPartParser, Json)
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]+"
    ordering = "-id"  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[PastTable]:
        return tables_all().order_by("-id")

    @extend_schema(request=TableIn, responses={201: TableOut})
    def create(self, request: Request) -> Response:
        """Add a table; a worker reads it then. The same file again gives the same table."""
        asked = TableIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        if "file" in given:
            made = table_add(by=self.person, file=given["file"], name=given["file"].name)
        else:
            made = table_of_dataset(by=self.person, dataset=given["dataset"])
        made.refresh_from_db()
        return self.shown(made)

    @extend_schema(request=BackTestTableAnswer, responses={202: TableOut})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        """Answer what its reader could only guess; the table is read again then."""
        asked = BackTestTableAnswer(data=request.data)
        asked.is_valid(raise_exception=True)
        table = table_answer(by=self.person, table=self.get_object(), **asked.validated_data)
        return self.shown(table, status=202)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget a table on which no back-test was made, and its file."""
        table_remove(by=self.person, table=self.get_object())
        return gone()
