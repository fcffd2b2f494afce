"""Registered models and their versions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import Level, ModelVersion, RegisteredModel, Step
from mlops_portal.foundation.registry.selectors import models_all, spec_of, versions_all
from mlops_portal.foundation.registry.serializers import (
    AskZoneEnd,
    AskZoneIn,
    AutomationIn,
    ModelIn,
    ModelOut,
    VersionOut,
)
from mlops_portal.foundation.registry.services import (
    ask_zone_end,
    ask_zone_set,
    automation_set,
    model_register,
)


class VersionQuery(serializers.Serializer[Any]):
    model = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Only versions of this model."
    )


class Seen(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """For those who may see models."""

    filter_backends = ()

    @property
    def person(self) -> Person:
        person: Person = self.request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        return person

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        guard(self.person, "model.view")


class Models(Seen):
    queryset = models_all()
    serializer_class = ModelOut
    lookup_field = "slug"
    ordering = ("slug",)

    @extend_schema(request=ModelIn, responses={201: ModelOut})
    def create(self, request: Request) -> Response:
        """Register a model with its classes and features, in the order of its columns."""
        asked = ModelIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(ModelOut(model_register(by=self.person, **asked.validated_data)).data, status=201)

    @extend_schema(request=AutomationIn, responses=ModelOut)
    @action(detail=True, methods=["post"])
    def automation(self, request: Request, slug: str) -> Response:
        """Set how far one step runs by itself, with the reason; releasing never does."""
        asked = AutomationIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        model: RegisteredModel = self.get_object()
        automation_set(
            by=self.person,
            model=model,
            step=Step(given["step"]),
            level=Level(given["level"]),
            reason=given["reason"],
        )
        return Response(ModelOut(self.get_object()).data)

    @extend_schema(request=AskZoneIn, responses=ModelOut)
    @action(detail=True, methods=["post"], url_path="ask-zone")
    def ask_zone(self, request: Request, slug: str) -> Response:
        """Promise how many of the parts that the model decides alone may be wrong, with the reason."""
        asked = AskZoneIn(data=request.data)
        asked.is_valid(raise_exception=True)
        ask_zone_set(by=self.person, model=self.get_object(), **asked.validated_data)
        return Response(ModelOut(self.get_object()).data)

    @extend_schema(request=AskZoneEnd, responses=ModelOut)
    @action(detail=True, methods=["post"], url_path="ask-zone/end")
    def ask_zone_end(self, request: Request, slug: str) -> Response:
        """Promise nothing any more, with the reason."""
        asked = AskZoneEnd(data=request.data)
        asked.is_valid(raise_exception=True)
        ask_zone_end(by=self.person, model=self.get_object(), reason=asked.validated_data["reason"])
        return Response(ModelOut(self.get_object()).data)


@extend_schema_view(list=extend_schema(parameters=[VersionQuery]))
class Versions(Seen):
    queryset = versions_all()
    serializer_class = VersionOut
    lookup_value_regex = r"[0-9]+"
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[ModelVersion]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a request
            return versions_all()
        asked = VersionQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        model = asked.validated_data["model"]
        rows = versions_all().select_related("parent")
        return rows.filter(model__slug=model) if model else rows

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def spec(self, request: Request, pk: str) -> Response:
        """What a node must know to run this version."""
        return Response(spec_of(self.get_object()))
