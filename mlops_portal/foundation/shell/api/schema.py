"""How OpenAPI describes every operation: with its problems, and with the idempotency key of a POST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from mlops_portal.foundation.shell.api.serializers import Problem
from mlops_portal.foundation.shell.problems import CONTENT_TYPE

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of your own, at most 255 characters. "
    "The same request with the same key happens once in 24 hours; the second gets the first's answer.",
)
WORDS = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in.",
    "403": "Not allowed, with the reason.",
    "404": "No such thing, or none that you may see.",
    "409": "Somebody was first, or the state does not allow it.",
    "422": "What was sent does not fit; errors point to the fields.",
}


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        return [KEY] if self.method == "POST" else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._refusals():
            if status not in bodies:
                problem = OpenApiResponse(Problem, description=WORDS[status])
                bodies[status] = self._get_response_for_code(problem, status, [CONTENT_TYPE], direction)
        return bodies

    def _refusals(self) -> list[str]:
        refusals = ["401", "403"] if self.get_auth() else []
        if "{" in self.path or self._is_list_view():
            refusals.append("404")
        if self._is_list_view():
            refusals.append("422")
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            refusals += ["400", "409", "422"]
        return refusals
