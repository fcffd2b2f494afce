"""Nodes at the API: every request is signed with the node's own key."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from edge_sync.services.nodes import node_heard
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire import nodeauth
from mlops_portal.foundation.wire.nodeauth import NodeNotKnown


class NodeAuthentication(BaseAuthentication):
    """``request.auth`` is the node; NodeNotKnown for a signature or a key that does not fit."""

    def authenticate(self, request: Request) -> tuple[None, Node]:
        slug = request.headers.get(nodeauth.NODE, "")
        node = Node.objects.select_related("line__site").filter(slug=slug, retired_at=None).first()
        if node is None or not node.public_key:
            raise NodeNotKnown(_("This node is not enrolled here; enrol it with its own key."))
        now = timezone.now()
        nodeauth.verify(
            bytes.fromhex(node.public_key),
            method=request.method or "",
            path=request.get_full_path(),
            time=request.headers.get(nodeauth.TIME, ""),
            signature=request.headers.get(nodeauth.SIGNATURE, ""),
            body=request.body,
            now=now,
        )
        node_heard(node=node, now=now)
        return None, node

    def authenticate_header(self, request: Request) -> str:
        return "Node"


class IsNode(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, Node)


class NodeScheme(OpenApiAuthenticationExtension):
    """How OpenAPI describes it: three headers, the signature among them."""

    target_class = NodeAuthentication
    name = "nodeSignature"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": nodeauth.SIGNATURE,
            "description": "Ed25519 over method, path, time and the body's SHA-256, with "
            f"{nodeauth.NODE} and {nodeauth.TIME} beside it.",
        }
