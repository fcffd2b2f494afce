"""What nodes call; each request is signed with the node's key, and answered with a receipt that names it."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from edge_sync.api.taking import taken, taking
from edge_sync.authentication import IsNode, NodeAuthentication
from edge_sync.selectors.signed_time import time_signed
from edge_sync.selectors.wanted import rows_wanted
from edge_sync.serializers import (
    EnrolmentIn,
    ParkedReceipt,
    Receipt,
    ReportIn,
    TimeSaid,
    VoidIn,
    VoidReceipt,
    WantedReceipt,
)
from edge_sync.services.nodes import node_heard, token_use
from edge_sync.services.parked import parked_told
from edge_sync.services.reports import reports_receive
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire import parked, signed_time
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.receipt import Delivery
from monitoring.intake.services.pictures import picture_put
from monitoring.intake.services.telemetry import batch_receive, batch_void


class Raw(BaseParser):
    """The body as it is; the signature covers its bytes."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream.read()


class NodeView(APIView):
    authentication_classes = (NodeAuthentication,)
    permission_classes = (IsNode,)
    parser_classes = (Raw,)

    @property
    def node(self) -> Node:
        if not isinstance(self.request.auth, Node):
            raise TypeError("this view needs NodeAuthentication")
        return self.request.auth

    def delivery(self, kind: str, key: object) -> Delivery:
        """What is being delivered; its id as the body says it, whatever that is."""
        return Delivery.of(kind, self.node.slug, str(key), self.request.body)


def said_in(body: bytes) -> Any:
    """The body as JSON, or None; whoever takes it says what is wrong with it."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


class Telemetry(NodeView):
    @extend_schema(
        request={"application/json": dict}, responses={202: Receipt}, operation_id="edge_telemetry"
    )
    def post(self, request: Request) -> Response:
        """Send a batch of sketches, predictions and sampled rows; the same batch again changes nothing."""
        said = said_in(request.body)
        delivery = self.delivery("telemetry", said.get("sequence", "") if isinstance(said, dict) else "")
        with taking(delivery):
            batch = batch_receive(node=self.node, body=request.body)
            node_heard(node=self.node, now=batch.received_at, said=said)
        return taken(delivery, 202)


class Void(NodeView):
    @extend_schema(request=VoidIn, responses=VoidReceipt, operation_id="edge_telemetry_void")
    def post(self, request: Request, sequence: int) -> Response:
        """Ask whether a batch arrived. With ``void`` the portal promises never to take it where it did not:
        its records come under other numbers."""
        delivery = self.delivery("void", sequence)
        with taking(delivery):
            asked = VoidIn(data=said_in(request.body))
            if not asked.is_valid() or sequence >= 2**63:
                raise Invalid("The body must hold digest and void.")
            has = batch_void(node=self.node, sequence=sequence, **asked.validated_data)
        return taken(delivery, taken=has)


class Reports(NodeView):
    @extend_schema(request=ReportIn(many=True), responses=Receipt, operation_id="edge_reports")
    def post(self, request: Request) -> Response:
        """Report steps of activations, each signed and numbered by the node."""
        reports = said_in(request.body)
        fits = isinstance(reports, list) and reports and all(isinstance(one, dict) for one in reports)
        delivery = self.delivery("reports", reports[-1].get("sequence", "") if fits else "")
        with taking(delivery):
            if not fits:
                raise Invalid("The body must be a list of reports.")
            reports_receive(node=self.node, reports=reports)
        return taken(delivery)


class Pictures(NodeView):
    @extend_schema(request={"image/png": bytes}, responses=Receipt, operation_id="edge_picture")
    def put(self, request: Request, prediction: str, view: str) -> Response:
        """Send a picture of a part that this node judged."""
        delivery = self.delivery("picture", f"{prediction}/{view}")
        with taking(delivery):
            picture_put(node=self.node, prediction_id=prediction, view=view, data=request.body)
        return taken(delivery)


class Parked(NodeView):
    @extend_schema(request={"application/json": dict}, responses=ParkedReceipt, operation_id="edge_parked")
    def post(self, request: Request) -> Response:
        """Tell what is parked because the portal refused it, and fetch what people ordered of it."""
        said = said_in(request.body)
        delivery = self.delivery("parked", said.get("nonce", "") if isinstance(said, dict) else "")
        with taking(delivery):
            parsed = parked.parse(request.body)
            orders = parked_told(node=self.node, said=parsed)
            node_heard(node=self.node, now=timezone.now(), said=parsed)
        return taken(delivery, orders=orders)


class WantedRows(NodeView):
    @extend_schema(
        parameters=[OpenApiParameter("nonce", str, description="Comes back in the receipt.")],
        responses=WantedReceipt,
        operation_id="edge_wanted",
    )
    def get(self, request: Request) -> Response:
        """The predictions whose readings the portal asks for."""
        delivery = self.delivery("wanted", request.query_params.get("nonce", ""))
        return taken(delivery, rows=rows_wanted(node=self.node, now=timezone.now()))


class SignedTime(APIView):
    """Whose clock is wrong cannot sign a request that is believed: anybody may ask what time it is."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        parameters=[OpenApiParameter("nonce", str, required=True, description="16 to 64 letters and digits")],
        responses=TimeSaid,
        operation_id="edge_time",
    )
    def get(self, request: Request) -> Response:
        """The portal's time, signed with the key of the TUF role timestamp over the nonce."""
        nonce = request.query_params.get("nonce", "")
        if not signed_time.is_nonce(nonce):
            raise Invalid("The nonce must be 16 to 64 letters and digits.", pointer="/nonce")
        return Response(time_signed(nonce=nonce, now=timezone.now()))


class Enrol(APIView):
    """No session and no key yet: the token and the proof are what is believed."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (Raw,)

    @extend_schema(request=EnrolmentIn, responses=Receipt, operation_id="edge_enrol")
    def post(self, request: Request) -> Response:
        """Enrol a node with a token: ``proof`` is the key's signature over “mlops-portal enrolment v1”, node
        and token, each on its line. The receipt's id is the key."""
        asked = EnrolmentIn(data=said_in(request.body))
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        delivery = Delivery.of("enrolment", said["node"], said["public_key"], request.body)
        with taking(delivery):
            token_use(**said)
        return taken(delivery)
