"""What nodes call; each request is signed with the node's key."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from edge_sync.authentication import IsNode, NodeAuthentication
from edge_sync.selectors.wanted import rows_wanted
from edge_sync.serializers import EnrolmentIn, ReportIn, Taken, Wanted
from edge_sync.services.nodes import node_heard, token_use
from edge_sync.services.reports import reports_receive
from mlops_portal.ledger.channel import channel
from mlops_portal.plant.models import Node
from mlops_portal.wire.errors import Invalid
from monitoring.services.pictures import picture_put
from monitoring.services.telemetry import batch_receive


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


class Telemetry(NodeView):
    @extend_schema(request={"application/json": dict}, responses={202: Taken}, operation_id="edge_telemetry")
    def post(self, request: Request) -> Response:
        """Send a batch of sketches, predictions and sampled rows; the same batch again changes nothing."""
        with channel("node"):
            batch = batch_receive(node=self.node, body=request.body)
            said = json.loads(request.body)
            node_heard(node=self.node, now=batch.received_at, said=said)
        return Response({"taken": batch.sequence}, status=202)


class Reports(NodeView):
    @extend_schema(request=ReportIn(many=True), responses=Taken, operation_id="edge_reports")
    def post(self, request: Request) -> Response:
        """Report steps of activations, each signed and numbered by the node."""
        try:
            found = json.loads(request.body)
        except ValueError:
            raise Invalid("The body is not JSON.") from None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise Invalid("The body must be a list of reports.")
        with channel("node"):
            return Response({"taken": reports_receive(node=self.node, reports=found)})


class Pictures(NodeView):
    @extend_schema(request={"image/png": bytes}, responses={204: None}, operation_id="edge_picture")
    def put(self, request: Request, prediction: str, view: str) -> Response:
        """Send a picture of a part that this node judged."""
        with channel("node"):
            picture_put(node=self.node, prediction_id=prediction, view=view, data=request.body)
        return Response(status=204)


class WantedRows(NodeView):
    @extend_schema(responses=Wanted, operation_id="edge_wanted")
    def get(self, request: Request) -> Response:
        """The predictions whose readings the portal asks for."""
        return Response({"rows": rows_wanted(node=self.node, now=timezone.now())})


class Enrol(APIView):
    """No session and no key yet: the token and the proof are what is believed."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(request=EnrolmentIn, responses={200: EnrolmentIn}, operation_id="edge_enrol")
    def post(self, request: Request) -> Response:
        """Enrol a node with a token: ``proof`` is the key's signature over “mlops-portal enrolment v1”, node
        and token, each on its line."""
        asked = EnrolmentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        with channel("node"):
            node = token_use(**asked.validated_data)
        return Response({"node": node.slug, "public_key": node.public_key})
