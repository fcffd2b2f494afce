"""The browser's session as a way into the API; with the CSRF check, and 401 where nobody is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="MLOps Portal"'

    def enforce_csrf(self, request: Any) -> None:
        """On Django's request: the framework's own would parse the body, with no parser before a view."""
        super().enforce_csrf(getattr(request, "_request", request))


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema describes it."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
