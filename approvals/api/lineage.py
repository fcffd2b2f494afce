"""Lineage in the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.people import person_of
from approvals.selectors.lineage.whole import lineage_of
from approvals.serializers.log import LineageOut
from mlops_portal.foundation.plant.policies import guard


class LineageView(APIView):
    @extend_schema(responses=LineageOut, operation_id="lineage")
    def get(self, request: Request, pk: str) -> Response:
        """From one judgement back to the people who approved the model and those who taught it."""
        guard(person_of(request), "lineage.view")
        return Response(LineageOut(lineage_of(pk)).data)
