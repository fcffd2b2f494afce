"""API tokens: ``Authorization: Bearer mlp_…``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from mlops_portal.foundation.plant.models import Person, Token
from mlops_portal.foundation.plant.services.tokens import token_use

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """The person of a token; ``request.auth`` is the token, and policies see its scopes on the person."""

    def authenticate(self, request: Request) -> tuple[Person, Token] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = token_use(secret=secret.strip())
        if token is None:
            raise AuthenticationFailed(
                _("This API token is unknown, revoked or expired; make a new one on the page “My tokens”.")
            )
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "mlops_portal.foundation.directory.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "mlp_…",
            "description": "An API token made on the page “My tokens”; it can do no more than its scopes.",
        }
