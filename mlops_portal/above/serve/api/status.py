"""What is missing or wrong on this host, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal.above.serve.doctor.finding import State, told
from mlops_portal.above.serve.doctor.parts import PARTS, look
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard

STATES = [(one.value, one.value) for one in State]


class FindingOut(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=list(PARTS.items()))
    state = serializers.ChoiceField(choices=STATES)
    says = serializers.CharField()
    mend = serializers.CharField(allow_blank=True)


class StatusOut(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, help_text="The worst of the findings.")
    findings = FindingOut(many=True)


class Status(APIView):
    @extend_schema(responses=StatusOut)
    def get(self, request: Request) -> Response:
        """Everything that the portal rests on: how it stands, and how to mend it."""
        person: Person = request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        guard(person, "status.view")
        return Response(told(look()))
