"""What nodes call as witnesses of the log."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from edge_sync.api.nodes import NodeView, said_in
from edge_sync.api.taking import taken, taking
from edge_sync.selectors.witnesses import offer_for
from edge_sync.serializers.nodes import CosignatureIn, OfferReceipt, Receipt, RefusedCheckpointIn
from edge_sync.services.witnessing import cosignature_receive, dispute_receive
from mlops_portal.foundation.wire.errors import Invalid


class Offer(NodeView):
    @extend_schema(
        parameters=[
            OpenApiParameter("old", int, description="How many leaves the node saw; 0 for none."),
            OpenApiParameter("nonce", str, description="Comes back in the receipt."),
        ],
        responses=OfferReceipt,
        operation_id="edge_checkpoint",
    )
    def get(self, request: Request) -> Response:
        """The newest checkpoint, and the proof that it extends what the node saw (C2SP tlog-witness)."""
        delivery = self.delivery("checkpoint", request.query_params.get("nonce", ""))
        old = request.query_params.get("old", "0")
        with taking(delivery):
            if not (old.isascii() and old.isdecimal() and len(old) < 19):
                raise Invalid("old must be a number of leaves.", pointer="/old")
            offer = offer_for(old=int(old))
        return taken(delivery, offer=offer)


class Cosignatures(NodeView):
    @extend_schema(request=CosignatureIn, responses=Receipt, operation_id="edge_cosignature")
    def post(self, request: Request) -> Response:
        """Give the node's cosignature of a checkpoint."""
        said = said_in(request.body)
        delivery = self.delivery("cosignature", said.get("nonce", "") if isinstance(said, dict) else "")
        with taking(delivery):
            cosignature_receive(node=self.node, said=said)
        return taken(delivery)


class Disputes(NodeView):
    @extend_schema(request=RefusedCheckpointIn, responses=Receipt, operation_id="edge_dispute")
    def post(self, request: Request) -> Response:
        """Tell that the newest checkpoint does not extend what the node saw, with both as evidence."""
        said = said_in(request.body)
        delivery = self.delivery("dispute", said.get("nonce", "") if isinstance(said, dict) else "")
        with taking(delivery):
            dispute_receive(node=self.node, said=said)
        return taken(delivery)
