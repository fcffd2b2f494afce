"""Parts in doubt: which, where, and what a person signed of each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.policies import guard
from monitoring.containment.filters import ContainmentFilter, ContainmentPartFilter
from monitoring.containment.selectors.containments import containments_for, lots_of
from monitoring.containment.serializers import (
    BoundIn,
    ContainmentLotSerializer,
    ContainmentPartSerializer,
    ContainmentSerializer,
    DisposeIn,
    DispositionSerializer,
    PartDisposeIn,
    PullIn,
    WidenIn,
)
from monitoring.containment.services.disposing import (
    containment_close,
    lot_pull,
    part_dispose,
    parts_dispose,
)
from monitoring.containment.services.opening import containment_ask, containment_bound, containment_widen
from monitoring.models import Containment, ContainmentPart


class Containments(Things):
    """Parts of machines on one's lines that are in doubt."""

    view_action = "containment.view"
    queryset = Containment.objects.order_by("-opened_at", "-id")
    serializer_class = ContainmentSerializer
    filterset_class = ContainmentFilter
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = ("-opened_at", "-id")  # type: ignore[assignment]  # the base leaves it to each list

    def visible(self) -> QuerySet[Containment]:
        return containments_for(self.person).order_by(*self.ordering)

    def _asked(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        asked = serializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def create(self, request: Request) -> Response:
        """Say that what a machine judged is in doubt."""
        given = self.parsed()
        guard(self.person, "containment.open", line=given["asset"].line)
        return self.shown(containment_ask(by=self.person, **given))

    @extend_schema(responses=ContainmentLotSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def lots(self, request: Request, pk: int) -> Response:
        """Its parts by lot: how many, how many wait, how many were found."""
        return Response(ContainmentLotSerializer(lots_of(self.get_object()), many=True).data)

    @extend_schema(responses=DispositionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def dispositions(self, request: Request, pk: int) -> Response:
        """Who signed what of which parts."""
        signed = self.get_object().dispositions.all()[:1000]
        return Response(DispositionSerializer(signed, many=True).data)

    @extend_schema(request=PullIn, responses=ContainmentLotSerializer)
    @action(detail=True, methods=["post"])
    def pull(self, request: Request, pk: int) -> Response:
        """Tell how many parts of a lot were found and pulled."""
        containment = self.get_object()
        return Response(
            ContainmentLotSerializer(
                lot_pull(by=self.person, containment=containment, **self._asked(PullIn))
            ).data
        )

    @extend_schema(request=DisposeIn, responses={201: DispositionSerializer})
    @action(detail=True, methods=["post"])
    def dispose(self, request: Request, pk: int) -> Response:
        """Sign what becomes of the waiting parts of a lot, or of all."""
        containment = self.get_object()
        signed = parts_dispose(by=self.person, containment=containment, **self._asked(DisposeIn))
        return Response(DispositionSerializer(signed).data, status=201)

    @extend_schema(request=BoundIn, responses=ContainmentSerializer)
    @action(detail=True, methods=["post"])
    def bound(self, request: Request, pk: int) -> Response:
        """Say when the cause ended; no later part joins."""
        containment = self.get_object()
        containment_bound(by=self.person, containment=containment, **self._asked(BoundIn))
        return self.shown(containment, status=200)

    @extend_schema(request=WidenIn, responses=ContainmentSerializer)
    @action(detail=True, methods=["post"])
    def widen(self, request: Request, pk: int) -> Response:
        """Say that the cause began earlier."""
        containment = self.get_object()
        containment_widen(by=self.person, containment=containment, **self._asked(WidenIn))
        return self.shown(containment, status=200)

    @extend_schema(request=None, responses=ContainmentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close it; refused while a part waits or may join."""
        containment = self.get_object()
        containment_close(by=self.person, containment=containment)
        return self.shown(containment, status=200)


class ContainmentParts(Things):
    """Each part in doubt."""

    view_action = "containment.view"
    queryset = ContainmentPart.objects.order_by("id")
    serializer_class = ContainmentPartSerializer
    filterset_class = ContainmentPartFilter
    lookup_field = "pk"
    lookup_value_converter = "int"
    ordering = "id"

    def visible(self) -> QuerySet[ContainmentPart]:
        return self.queryset.filter(containment__in=containments_for(self.person).order_by()).select_related(
            "prediction__version__model", "disposition", "containment__asset__line__site"
        )

    @extend_schema(request=PartDisposeIn, responses={201: DispositionSerializer})
    @action(detail=True, methods=["post"])
    def dispose(self, request: Request, pk: int) -> Response:
        """Sign what becomes of this part, with what its re-inspection found."""
        part, asked = self.get_object(), PartDisposeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        signed = part_dispose(by=self.person, containment=part.containment, part=part, **asked.validated_data)
        return Response(DispositionSerializer(signed).data, status=201)
