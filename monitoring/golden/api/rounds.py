"""Golden parts at the machine: rounds, when they are due, and the second person's word on the set."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.policies import guard
from monitoring.golden.selectors.rounds import rounds_for
from monitoring.golden.selectors.samples import models_for
from monitoring.golden.serializers import (
    DecideIn,
    GoldenChangeSerializer,
    GoldenPlanSerializer,
    GoldenRoundSerializer,
    SayIn,
)
from monitoring.golden.services.plans import golden_change_decide, golden_plan_set
from monitoring.golden.services.rounds import round_begin, round_say
from monitoring.models import GoldenChange, GoldenPlan, GoldenRound


class GoldenRounds(Things):
    """Golden parts run through stations on one's lines."""

    view_action = "golden.view"
    queryset = GoldenRound.objects.order_by("-due_at", "-id")
    serializer_class = GoldenRoundSerializer
    filterset_fields = ("state",)
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-due_at", "-id")  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[GoldenRound]:
        return rounds_for(self.person).prefetch_related("answers__sample")

    def create(self, request: Request) -> Response:
        """Begin the round that is due on a machine, else one on demand."""
        given = self.parsed()
        guard(self.person, "golden.run", line=given["asset"].line)
        return self.shown(round_begin(by=self.person, **given))

    @extend_schema(request=SayIn, responses=GoldenRoundSerializer)
    @action(detail=True, methods=["post"])
    def say(self, request: Request, pk: int) -> Response:
        """Tell what the station said of a part; the last part ends the round."""
        one, asked = self.get_object(), SayIn(data=request.data)
        asked.is_valid(raise_exception=True)
        round_say(by=self.person, one=one, **asked.validated_data)
        return self.shown(self.get_object(), status=200)


class GoldenPlans(Things):
    """When golden parts of a model are due; PUT sets it."""

    view_action = "golden.view"
    queryset = GoldenPlan.objects.order_by("model__slug")
    serializer_class = GoldenPlanSerializer
    filter_backends = ()
    lookup_field = "model__slug"
    lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"
    ordering = "model__slug"

    def visible(self) -> QuerySet[GoldenPlan]:
        return self.queryset.filter(model__in=models_for(self.person)).select_related("model")

    @extend_schema(request=GoldenPlanSerializer, responses=GoldenPlanSerializer)
    def update(self, request: Request, **names: Any) -> Response:
        model = get_object_or_404(models_for(self.person), slug=names["slug"])
        return self.shown(golden_plan_set(by=self.person, model=model, **self.parsed()), status=200)


class GoldenChanges(Things):
    """Changes of golden sets that waited, or wait, for a second person."""

    view_action = "golden.view"
    queryset = GoldenChange.objects.order_by("-id")
    serializer_class = GoldenChangeSerializer
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = "-id"  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[GoldenChange]:
        return self.queryset.filter(sample__model__in=models_for(self.person)).select_related(
            "sample__model", "sample__judged_by", "asked_by"
        )

    @extend_schema(request=DecideIn, responses=GoldenChangeSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: int) -> Response:
        """Agree to somebody else's change, or refuse it."""
        change, asked = self.get_object(), DecideIn(data=request.data)
        asked.is_valid(raise_exception=True)
        golden_change_decide(by=self.person, change=change, **asked.validated_data)
        change.refresh_from_db()
        return self.shown(change, status=200)
