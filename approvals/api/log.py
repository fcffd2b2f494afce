"""The decision log in the API: events, their proofs, verifying."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.people import person_of
from approvals.selectors.records.log import FIELDS, filter_of, log_events
from approvals.selectors.records.log_event import event_of, event_proof
from approvals.serializers.log import EventOut, EventWithProof, WitnessesOut
from approvals.services.log import log_read, verification_ask
from mlops_portal.foundation.ledger.models import Dispute, Event
from mlops_portal.foundation.ledger.selectors.witnesses import witnesses_seen
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.api.serializers import JobOut

HELP = {
    "type": "A type, or a room such as approvals.*",
    "person": "Events by or about the person with this id",
    "thing": "Events about kind/id, or about any thing of the kind",
    "from": "ISO 8601, included",
    "to": "ISO 8601, not included",
    "q": "Words in types and ids",
}
MOMENT = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
SHAPES: dict[str, Any] = {"person": OpenApiTypes.UUID, "from": MOMENT, "to": MOMENT}
PARAMETERS = [
    OpenApiParameter(name, SHAPES.get(name, OpenApiTypes.STR), description=HELP[name]) for name in FIELDS
]


@extend_schema_view(get=extend_schema(parameters=PARAMETERS, operation_id="events"))
class EventList(generics.ListAPIView[Event]):
    """The decision log, newest first. Reading it is itself an event, one for each person, filter and hour."""

    serializer_class = EventOut
    filter_backends = ()
    queryset = Event.objects.none()
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Event]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return super().get_queryset()
        by = person_of(self.request)
        guard(by, "log.view")
        wanted = filter_of(self.request.query_params.dict())
        log_read(by=by, what=wanted.text)
        return log_events(wanted)


class EventView(APIView):
    @extend_schema(responses=EventWithProof, operation_id="event")
    def get(self, request: Request, uuid: UUID) -> Response:
        """One event with its proof under the newest checkpoint."""
        by = person_of(request)
        guard(by, "log.view")
        event = event_of(uuid)
        log_read(by=by, what=f"event={uuid}")
        return Response(EventWithProof({"event": event, "proof": event_proof(event)}).data)


class Witnesses(APIView):
    @extend_schema(responses=WitnessesOut, operation_id="log_witnesses")
    def get(self, request: Request) -> Response:
        """How far each edge node saw the log grow, and what they refuse of it; both notes as evidence."""
        guard(person_of(request), "log.view")
        return Response(WitnessesOut({"seen": witnesses_seen(), "disputes": Dispute.objects.all()}).data)


class Verify(APIView):
    @extend_schema(request=None, responses={202: JobOut}, operation_id="log_verify")
    def post(self, request: Request) -> Response:
        """Recompute the whole log; the job leads to what was found."""
        return Response(JobOut(verification_ask(by=person_of(request))).data, status=202)
