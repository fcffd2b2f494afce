"""What nodes have parked: read it, let it be sent again, or given up."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from edge_sync.models import ParkedDelivery
from edge_sync.selectors.parked import parked_for
from edge_sync.serializers import ParkedOut, ReasonIn
from edge_sync.services.parked import parked_give_up, parked_send
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard


class Parked(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ParkedDelivery]):
    serializer_class = ParkedOut
    queryset = ParkedDelivery.objects.none()
    filterset_fields = ("kind",)
    ordering = ("parked_at", "pk")

    @property
    def person(self) -> Person:
        person: Person = self.request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        return person

    def get_queryset(self) -> QuerySet[ParkedDelivery]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return super().get_queryset()
        guard(self.person, "node.view")
        return parked_for(person=self.person)

    def _order(self, do: Callable[..., ParkedDelivery]) -> Response:
        asked = ReasonIn(data=self.request.data)
        asked.is_valid(raise_exception=True)
        return Response(ParkedOut(do(by=self.person, parked=self.get_object(), **asked.validated_data)).data)

    @extend_schema(request=ReasonIn, responses=ParkedOut)
    @action(detail=True, methods=["post"], url_path="send")
    def send(self, request: Request, pk: str) -> Response:
        """Let the node send it again, when it speaks next."""
        return self._order(parked_send)

    @extend_schema(request=ReasonIn, responses=ParkedOut)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: str) -> Response:
        """Let the node forget its content for good, when it speaks next."""
        return self._order(parked_give_up)
