"""How OpenAPI describes every operation: with its problems, and with the idempotency key of a POST.

- Which problems an operation can answer with follows from what it takes: an address, a query, a body, a
  person. Nothing is written beside single operations.
- A field is described by what is accepted, and what is answered by what the column can hold.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from mlops_portal.foundation.shell.api.serializers import Problem
from mlops_portal.foundation.shell.idempotency import LONGEST
from mlops_portal.foundation.shell.pages.problems import CONTENT_TYPE

CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
LARGEST_ID = 2**63 - 1
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": LONGEST, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    description="Any text of your own, at most 255 characters. "
    "The same request with the same key happens once in 24 hours; the second gets the first's answer.",
)
ANSWERED = [
    OpenApiParameter(
        "WWW-Authenticate",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        response=["401"],
        description="How to sign in.",
    ),
    OpenApiParameter(
        "Retry-After",
        OpenApiTypes.INT,
        OpenApiParameter.HEADER,
        response=["503"],
        description="Seconds until it makes sense to try again.",
    ),
]
WORDS = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in.",
    "403": "Not allowed, with the reason.",
    "404": "No such thing, or none that you may see.",
    "409": "Somebody was first, or the state does not allow it.",
    "413": "The body is too large.",
    "415": "This kind of content is not taken.",
    "422": "What was sent does not fit; errors point to the fields.",
    "503": "A part of the portal does not answer; nothing was kept.",
}
WRITES = ("POST", "PUT", "PATCH", "DELETE")


class Schema(AutoSchema):
    takes_body = False

    def get_override_parameters(self) -> list[Any]:
        return [KEY, *ANSWERED] if self.method == "POST" else list(ANSWERED)

    def map_parsers(self) -> list[Any]:
        """A view that reads the bytes of a signed body takes JSON like the others."""
        return ["application/json" if one == "*/*" else one for one in super().map_parsers()]

    def _get_request_body(self, direction: Any = "request") -> Any:
        body = super()._get_request_body(direction)
        self.takes_body = body is not None
        return body

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in sorted(self._refusals() - {*bodies}):
            problem = OpenApiResponse(Problem, description=WORDS[status])
            bodies[status] = self._get_response_for_code(problem, status, [CONTENT_TYPE], direction)
        return bodies

    def _refusals(self) -> set[str]:
        refusals = {"503"}
        named = "{" in self.path
        asked = any(one["in"] == "query" for one in self._get_parameters())
        if self.get_auth():
            refusals |= {"401", "403"}
        if named or asked or self.takes_body:
            refusals.add("404")
        if asked:
            refusals.add("422")
        if self.method in WRITES:
            refusals |= {"403", "409", "422"}
        elif (named or asked) and getattr(self.view, "action", None) not in ("list", "retrieve"):
            refusals.add("409")  # worked out of several things, whose state may not allow it
        if self.takes_body:
            refusals |= {"400", "413", "415"}
        if self.method == "POST":
            refusals.add("400")  # the idempotency key
        return refusals

    def _resolve_path_parameters(self, variables: Any) -> list[dict[str, Any]]:
        """Numbers of things are what the database can count; a name holds at least one character."""
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        for one in parameters:
            shape = one["schema"]
            if shape.get("type") == "integer":
                shape |= {"minimum": 0, "maximum": LARGEST_ID}
            elif shape.get("type") == "string" and not shape.keys() & {"pattern", "format", "enum"}:
                shape["minLength"] = 1
        return parameters

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if isinstance(field, serializers.ChoiceField) and _may_be_empty(field):
            field.allow_blank = True
        shape = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.TimeField):
            shape = {**shape, "pattern": CLOCK}
            shape.pop("format", None)  # RFC 3339's time has a zone, a time of day at a site has none
        return shape


def _may_be_empty(field: serializers.ChoiceField) -> bool:
    """Whether the column of a field that is only read may hold no choice; the framework forgets it."""
    if not field.read_only or not isinstance(field.parent, serializers.ModelSerializer):
        return False
    model: Any = field.parent.Meta.model
    names = {one.name: one for one in model._meta.get_fields()}
    return bool(getattr(names.get(field.source), "blank", False))
