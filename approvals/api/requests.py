"""Approval requests: ask, look, fetch what one signs, hand in what was signed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import ApprovalRequest
from approvals.selectors.requests import requests_for
from approvals.serializers.requests import (
    ApprovalIn,
    ApprovalOut,
    ApprovalWithEvidence,
    CommentIn,
    DecisionIn,
    DecisionOut,
    StatementOut,
    StatementQuery,
)
from approvals.services.decisions import decide
from approvals.services.opening import request_opened
from approvals.services.requests import request_open, request_submit, request_withdraw
from approvals.services.sealing import statement_seal
from approvals.services.statements import statement_for
from approvals.transitions import ApprovalState, Verdict
from mlops_portal.foundation.directory.api.base import Things


class Approvals(Things):
    view_action = "approval.view"
    queryset = ApprovalRequest.objects.all()
    serializer_class = ApprovalOut
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_regex = r"[0-9a-f-]{36}"
    ordering = ("-created_at", "-pk")

    def visible(self) -> QuerySet[ApprovalRequest]:
        return requests_for(person=self.person).prefetch_related("decisions__person")

    @extend_schema(responses=ApprovalWithEvidence)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One request with its frozen evidence."""
        approval = self.get_object()
        if approval.state == ApprovalState.SUBMITTED:
            request_opened(by=self.person, request=approval)
        return Response(ApprovalWithEvidence(approval).data)

    @extend_schema(request=ApprovalIn, responses={201: ApprovalOut})
    def create(self, request: Request) -> Response:
        """Draw up a request: freeze the evidence, allot release numbers."""
        asked = ApprovalIn(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return self.shown(request_open(by=self.person, **asked.validated_data))

    @extend_schema(request=CommentIn, responses=ApprovalOut)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Put a draft to those who decide; refused while a hard gate is unmet."""
        return self.shown(
            request_submit(by=self.person, request=self.get_object(), **self._comment(request)), status=200
        )

    @extend_schema(request=CommentIn, responses=ApprovalOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take a request back before it was decided."""
        return self.shown(
            request_withdraw(by=self.person, request=self.get_object(), **self._comment(request)), status=200
        )

    def _comment(self, request: Request) -> dict[str, Any]:
        asked = CommentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    @extend_schema(parameters=[StatementQuery], responses=StatementOut)
    @action(detail=True, methods=["get"])
    def statement(self, request: Request, pk: str) -> Response:
        """Exactly what the caller would sign now, in words and in bytes."""
        asked = StatementQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        offered = statement_for(
            by=self.person,
            request=self.get_object(),
            verdict=Verdict(given["verdict"]),
            comment=given["comment"],
        )
        return Response(StatementOut(offered.as_json()).data)

    @extend_schema(request=DecisionIn, responses={201: DecisionOut})
    @action(detail=True, methods=["post"])
    def decisions(self, request: Request, pk: str) -> Response:
        """Hand in a signed statement. A token carries a passkey's assertion but never signs."""
        asked = DecisionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given, approval = asked.validated_data, self.get_object()
        data = given["statement"].encode()
        envelope = given.get("envelope") or statement_seal(
            by=self.person, request=approval, statement=data, password=given["password"], code=given["code"]
        )
        made = decide(by=self.person, request=approval, statement=data, envelope=envelope)
        return Response(DecisionOut(made).data, status=201)
