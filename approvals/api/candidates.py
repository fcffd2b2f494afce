"""Candidates and policies."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.people import person_of
from approvals.models import Policy
from approvals.rules import Rules
from approvals.selectors.evidence import evidence_of
from approvals.selectors.policies import line_rules, policy_of
from approvals.selectors.requests import candidates_all
from approvals.serializers.requests import CandidateOut, ChoiceIn, LinePolicyBody, PolicyIn, PolicyOut
from approvals.services.choices import candidate_choose
from approvals.services.golden import golden_run
from approvals.services.policies import line_policy_set, policy_set
from approvals.transitions import Assurance
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_of, versions_all


class CandidateList(generics.ListAPIView[ModelVersion]):
    """Versions on which nobody decided yet, newest first."""

    serializer_class = CandidateOut
    filter_backends = ()
    queryset = ModelVersion.objects.none()
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[ModelVersion]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return super().get_queryset()
        guard(person_of(self.request), "model.view")
        return candidates_all()


class CandidateView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="candidate")
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The evidence of a version as it is now, beside what runs now."""
        guard(person_of(request), "model.view")
        version = get_object_or_404(versions_all(), model__slug=slug, number=number)
        model = version.model
        return Response(evidence_of(version, champion=champion_of(model), policy=policy_of(model)))


class CandidateGolden(APIView):
    @extend_schema(request=None, responses={202: None}, operation_id="candidate_golden")
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Run the golden set in force on the version."""
        version = get_object_or_404(versions_all(), model__slug=slug, number=number)
        golden_run(by=person_of(request), version=version)
        return Response(status=202)


class CandidateChoice(APIView):
    @extend_schema(request=ChoiceIn, responses={204: None}, operation_id="candidate_choose")
    def post(self, request: Request) -> Response:
        """Choose one of several candidates of one model, with the reason."""
        asked = ChoiceIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        candidate_choose(
            by=person_of(request), version=given["chosen"], among=given["among"], reason=given["reason"]
        )
        return Response(status=204)


class PolicyView(APIView):
    @extend_schema(responses=PolicyOut, operation_id="approval_policy")
    def get(self, request: Request, slug: str) -> Response:
        """The policy that holds for a model."""
        guard(person_of(request), "model.view")
        model = get_object_or_404(RegisteredModel, slug=slug)
        policy = policy_of(model) or Policy(model=model, version=0, body=Rules().body())
        return Response(PolicyOut(policy).data)

    @extend_schema(request=PolicyIn, responses=PolicyOut, operation_id="approval_policy_set")
    def put(self, request: Request, slug: str) -> Response:
        """Set the next version of a model's policy."""
        asked = PolicyIn(data=request.data)
        asked.is_valid(raise_exception=True)
        model = get_object_or_404(RegisteredModel, slug=slug)
        made = policy_set(by=person_of(request), model=model, body=asked.validated_data["body"])
        return Response(PolicyOut(made).data)


class LinePolicyView(APIView):
    @extend_schema(responses=LinePolicyBody, operation_id="line_policy")
    def get(self, request: Request, slug: str) -> Response:
        """How a line approves."""
        return Response(self._shown(self._line(request, slug)))

    @extend_schema(request=LinePolicyBody, responses=LinePolicyBody, operation_id="line_policy_set")
    def put(self, request: Request, slug: str) -> Response:
        """Set how a line approves; nodes follow after the next key ceremony."""
        asked = LinePolicyBody(data=request.data)
        asked.is_valid(raise_exception=True)
        line, given = self._line(request, slug), asked.validated_data
        line_policy_set(
            by=person_of(request),
            line=line,
            minimum_assurance=Assurance(given["minimum_assurance"]),
            quorum=given["quorum"],
        )
        return Response(self._shown(line))

    def _line(self, request: Request, slug: str) -> Line:
        return get_object_or_404(lines_for(person=person_of(request)), slug=slug)

    def _shown(self, line: Line) -> dict[str, object]:
        rules = line_rules(line)
        return {"minimum_assurance": rules.minimum_assurance.value, "quorum": rules.quorum}
