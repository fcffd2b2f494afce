"""Alerts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from monitoring.alerts.filters import AlertFilter
from monitoring.alerts.selectors.alerts import alerts_for
from monitoring.alerts.serializers import AlertSerializer, ResolveSerializer, SnoozeSerializer
from monitoring.alerts.services import (
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
    alert_snooze,
    alert_take,
)
from monitoring.models import Alert


class Alerts(Things):
    """Alerts on one's lines, newest first."""

    view_action = "alert.view"
    queryset = Alert.objects.order_by("-opened_at", "-id")
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-opened_at", "-id")

    def visible(self) -> QuerySet[Alert]:
        return alerts_for(person=self.person).order_by("-opened_at", "-pk")

    def _asked(self, shape: Any, request: Request) -> dict[str, Any]:
        asked = shape(data=request.data)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: int) -> Response:
        return self.shown(alert_acknowledge(by=self.person, alert=self.get_object()), status=200)

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: int) -> Response:
        return self.shown(alert_take(by=self.person, alert=self.get_object()), status=200)

    @extend_schema(request=SnoozeSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: int) -> Response:
        alert = self.get_object()
        return self.shown(
            alert_snooze(by=self.person, alert=alert, **self._asked(SnoozeSerializer, request)), status=200
        )

    @extend_schema(request=ResolveSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: int) -> Response:
        alert = self.get_object()
        return self.shown(
            alert_resolve(by=self.person, alert=alert, **self._asked(ResolveSerializer, request)), status=200
        )

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        return self.shown(alert_reopen(by=self.person, alert=self.get_object()), status=200)
