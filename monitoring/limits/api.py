"""What lines bear of false alarms, how models are watched, and the limits that follow."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.limits.selectors.budgets import per_week, watch_of
from monitoring.limits.selectors.limits import achieved
from monitoring.limits.services import budget_set, watch_set
from monitoring.models import LimitSet, Watch


class BudgetSerializer(serializers.Serializer[Line]):
    line = serializers.SlugField(source="slug", read_only=True)
    per_week = serializers.SerializerMethodField()
    false_alarms = serializers.SerializerMethodField()
    weeks = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField(help_text="False alarms a week, 95 % from here …")
    high = serializers.SerializerMethodField(help_text="… to here; both null while too little was seen.")
    needs_weeks = serializers.SerializerMethodField(
        help_text="Weeks in all after which, if no further false alarm comes, the promise is surely kept."
    )

    def get_per_week(self, line: Line) -> float:
        return per_week(line)

    def get_false_alarms(self, line: Line) -> int:
        return achieved(line).rate.count

    def get_weeks(self, line: Line) -> float:
        return achieved(line).rate.weeks

    def get_low(self, line: Line) -> float | None:
        seen = achieved(line)
        return seen.rate.low if seen.rate.tells(seen.promised) else None

    def get_high(self, line: Line) -> float | None:
        seen = achieved(line)
        return seen.rate.high if seen.rate.tells(seen.promised) else None

    def get_needs_weeks(self, line: Line) -> float:
        seen = achieved(line)
        return seen.rate.needs(seen.promised)


class BudgetIn(serializers.Serializer[Any]):
    per_week = serializers.FloatField(help_text="False alarms a week that the line bears, 0.01 to 100.")
    reason = serializers.CharField(max_length=300)


class Budgets(Things):
    """The budget of false alarms of each line, by its short name, and what came of it."""

    view_action = "alert.view"
    queryset = Line.objects.order_by("slug")
    serializer_class = BudgetSerializer
    filter_backends = ()
    ordering = "slug"

    def visible(self) -> QuerySet[Line]:
        return lines_for(person=self.person, action="alert.view").order_by("slug")

    @extend_schema(request=BudgetIn, responses=BudgetSerializer)
    def update(self, request: Request, slug: str) -> Response:
        """Set how many false alarms a week the line bears, and why."""
        asked = BudgetIn(data=request.data)
        asked.is_valid(raise_exception=True)
        line = self.get_object()
        budget_set(by=self.person, line=line, **asked.validated_data)
        return self.shown(line, status=200)


class WatchSerializer(serializers.ModelSerializer[Watch]):
    model = serializers.CharField(source="model.slug", read_only=True)
    reason = serializers.CharField(max_length=300, write_only=True)

    class Meta:
        model = Watch
        fields = [
            *("model", "window_kind", "window_parts", "persistence", "returned", "quiet_hours"),
            *("keep_windows", "keep_hours", "keep_days", "set_at", "reason"),
        ]
        read_only_fields = ["set_at"]


class Watches(Things):
    """How each model is watched, by its short name."""

    view_action = "alert.view"
    queryset = RegisteredModel.objects.order_by("slug")
    serializer_class = WatchSerializer
    filter_backends = ()
    ordering = "slug"

    def visible(self) -> QuerySet[RegisteredModel]:
        lines = lines_for(person=self.person, action="alert.view")
        return self.queryset.filter(asset_type__assets__line__in=lines).distinct()

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        rows = self.get_serializer([watch_of(model) for model in page], many=True)
        return self.get_paginated_response(rows.data)

    @extend_schema(responses=WatchSerializer)
    def retrieve(self, request: Request, slug: str) -> Response:
        return self.shown(watch_of(self.get_object()), status=200)

    @extend_schema(request=WatchSerializer(partial=True), responses=WatchSerializer)
    def partial_update(self, request: Request, slug: str) -> Response:
        """Change what is given, and say why."""
        model = self.get_object()
        given = self.parsed(partial=True)
        row = watch_set(by=self.person, model=model, reason=given.pop("reason", ""), **given)
        return self.shown(row, status=200)


class LimitSerializer(serializers.ModelSerializer[LimitSet]):
    model = serializers.CharField(source="version.model.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    line = serializers.CharField(source="line.slug", read_only=True)

    class Meta:
        model = LimitSet
        fields = ["id", "model", "version", "line", "body", "computed_at"]
        read_only_fields = fields


class Limits(Things):
    """The limits of versions on lines at every size of a window."""

    view_action = "alert.view"
    queryset = LimitSet.objects.order_by("-id")
    serializer_class = LimitSerializer
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = "-id"

    def visible(self) -> QuerySet[LimitSet]:
        lines = lines_for(person=self.person, action="alert.view")
        return self.queryset.filter(line__in=lines).select_related("version__model", "line")
