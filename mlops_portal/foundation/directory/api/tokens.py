"""API tokens and the matrix."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.directory.selectors.matrix import matrix_for
from mlops_portal.foundation.directory.selectors.people import tokens_for
from mlops_portal.foundation.directory.serializers.tokens import (
    ActionSerializer,
    TokenMadeSerializer,
    TokenSerializer,
)
from mlops_portal.foundation.plant.models import Token
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.services.tokens import token_create, token_revoke
from mlops_portal.foundation.wire.errors import NotAllowed


class Tokens(Things):
    """One's own API tokens; the secret is in the answer that makes one, and nowhere else."""

    view_action = "token.create"
    queryset = Token.objects.all()
    serializer_class = TokenSerializer
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[Token]:
        return tokens_for(person=self.person)

    @extend_schema(request=TokenSerializer, responses={201: TokenMadeSerializer})
    def create(self, request: Request) -> Response:
        if request.auth is None and not did_recently_reauthenticate(request._request):
            raise NotAllowed(
                _("Show once more that it is you, on the page %(page)s; then make the token in 5 minutes.")
                % {"page": reverse("account_reauthenticate")}
            )
        token, secret = token_create(by=self.person, **self.parsed())
        return Response({**self.get_serializer(token).data, "secret": secret}, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        token_revoke(by=self.person, token=self.get_object())
        return gone()


class Matrix(APIView):
    """Who may do what: every action with its roles, and whether the person who asks may do it somewhere."""

    @extend_schema(responses=ActionSerializer(many=True))
    def get(self, request: Request) -> Response:
        person: Any = request.user
        guard(person, "matrix.view")
        rows = [
            {
                "key": row.action.key,
                "title": row.action.title,
                "scope": row.action.scope,
                "at_tablet": row.action.at_tablet,
                "roles": [role for role, has in row.cells if has],
                "allowed": bool(row.mine),
                "reason": row.mine.reason,
            }
            for row in matrix_for(person=person)
        ]
        return Response(ActionSerializer(rows, many=True).data)
