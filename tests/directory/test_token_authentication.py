"""API tokens in the Authorization header."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from mlops_portal.foundation.directory.authentication import TokenAuthentication
from mlops_portal.foundation.plant.models import Person, Token
from mlops_portal.foundation.plant.services.tokens import token_create, token_revoke
from tests.cast import Cast


class Who(APIView):
    authentication_classes = [TokenAuthentication]

    def get(self, request: Any) -> Response:
        person = request.user
        return Response(
            {"who": person.username, "may_see_log": person.may("log.view"), "token": request.auth.name}
        )


def ask(header: str | None) -> Response:
    headers = {} if header is None else {"authorization": header}
    response: Response = Who.as_view()(APIRequestFactory().get("/", headers=headers))
    return response


def make(person: Person, *scopes: str) -> tuple[Token, str]:
    return token_create(
        by=person, name="Notebook", scopes=scopes, expires_at=timezone.now() + timedelta(days=30)
    )


def test_a_token_acts_for_its_person(cast: Cast) -> None:
    _, secret = make(cast.one.auditor, "plant.view", "log.view")
    assert ask(f"Bearer {secret}").data == {"who": "auditor-one", "may_see_log": True, "token": "Notebook"}
    assert ask(f"bearer  {secret}").status_code == 200


def test_a_token_can_do_no_more_than_its_scopes(cast: Cast) -> None:
    _, secret = make(cast.one.auditor, "plant.view")
    assert ask(f"Bearer {secret}").data["may_see_log"] is False


def test_a_revoked_token_is_refused_and_the_answer_says_what_to_send(cast: Cast) -> None:
    token, secret = make(cast.one.auditor, "plant.view")
    token_revoke(by=cast.one.auditor, token=token)
    response = ask(f"Bearer {secret}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_expired_token_is_refused(cast: Cast) -> None:
    token, secret = make(cast.one.auditor, "plant.view")
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert ask(f"Bearer {secret}").status_code == 401


def test_the_token_of_somebody_who_left_is_refused(cast: Cast) -> None:
    _, secret = make(cast.one.auditor, "plant.view")
    Person.objects.filter(pk=cast.one.auditor.pk).update(is_active=False)
    assert ask(f"Bearer {secret}").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer mlp_wrong", "Bearer a b c", "Bearer \xe4"])
def test_rubbish_is_refused(db: None, header: str) -> None:
    assert ask(header).status_code == 401


@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "Bear mlp_x"])
def test_other_ways_to_sign_in_are_left_to_others(db: None, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    request = Who().initialize_request(APIRequestFactory().get("/", headers=headers))
    assert TokenAuthentication().authenticate(request) is None


def test_a_token_in_the_address_is_not_looked_at(cast: Cast) -> None:
    _, secret = make(cast.one.auditor, "plant.view")
    request = Who().initialize_request(APIRequestFactory().get("/", {"token": secret}))
    assert TokenAuthentication().authenticate(request) is None


def test_the_refusal_is_one_that_rest_framework_understands(db: None) -> None:
    request = Who().initialize_request(APIRequestFactory().get("/", headers={"authorization": "Bearer x"}))
    with pytest.raises(AuthenticationFailed, match="unknown, revoked or expired"):
        TokenAuthentication().authenticate(request)
