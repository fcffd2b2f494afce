"""Golden samples and the checks run on them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.golden.selectors.samples import models_for
from monitoring.golden.services.samples import golden_add, golden_check_ask, golden_mark, golden_retire
from monitoring.models import GoldenCheck, GoldenSample


class GoldenSampleSerializer(serializers.ModelSerializer[GoldenSample]):
    model = serializers.SlugRelatedField(slug_field="slug", queryset=RegisteredModel.objects.all())
    judged_by = serializers.UUIDField(source="judged_by_id", read_only=True)

    class Meta:
        model = GoldenSample
        fields = [
            *("id", "model", "code", "part", "readings", "truth", "tolerance", "safety", "borderline"),
            *("place", "waiting", "judged_by", "judged_at", "retired_at"),
        ]
        read_only_fields = ["waiting", "judged_at", "retired_at"]
        validators: list[Any] = []  # the service says who has the code


class GoldenCheckSerializer(serializers.ModelSerializer[GoldenCheck]):
    model = serializers.CharField(source="version.model.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = GoldenCheck
        fields = ["id", "model", "version", "set_digest", "results", "passed", "at"]
        read_only_fields = fields


class MarkIn(serializers.Serializer[Any]):
    borderline = serializers.BooleanField()
    reason = serializers.CharField(max_length=300)


class CheckIn(serializers.Serializer[Any]):
    model = serializers.SlugField()
    version = serializers.IntegerField(min_value=1)


class GoldenSamples(Things):
    view_action = "golden.view"
    queryset = GoldenSample.objects.order_by("-id")
    serializer_class = GoldenSampleSerializer
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = "-id"  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[GoldenSample]:
        return self.queryset.filter(model__in=models_for(self.person)).select_related("model", "judged_by")

    @extend_schema(request=GoldenSampleSerializer, responses={201: GoldenSampleSerializer})
    def create(self, request: Request) -> Response:
        """Add a part whose truth I give."""
        return self.shown(golden_add(by=self.person, **self.parsed()))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Retire a sample; it stays in the record."""
        golden_retire(by=self.person, sample=self.get_object())
        return gone()

    @extend_schema(request=MarkIn, responses=GoldenSampleSerializer)
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, pk: str) -> Response:
        """Say with a reason that a sample lies between two classes, or that it is clear."""
        asked, sample = MarkIn(data=request.data), self.get_object()
        asked.is_valid(raise_exception=True)
        golden_mark(by=self.person, sample=sample, **asked.validated_data)
        return self.shown(sample, status=200)


class GoldenChecks(Things):
    view_action = "golden.view"
    queryset = GoldenCheck.objects.order_by("-at", "-id")
    serializer_class = GoldenCheckSerializer
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-at", "-id")  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[GoldenCheck]:
        return self.queryset.filter(version__model__in=models_for(self.person)).select_related(
            "version__model"
        )

    @extend_schema(request=CheckIn, responses={202: None})
    def create(self, request: Request) -> Response:
        """Run the golden set in force against a version; the result appears in this list."""
        asked = CheckIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        version = (
            ModelVersion.objects.filter(
                model__in=models_for(self.person), model__slug=given["model"], number=given["version"]
            )
            .select_related("model")
            .first()
        )
        if version is None:
            raise NotFound(_("There is no such version."))
        golden_check_ask(by=self.person, version=version)
        return Response(status=202)
