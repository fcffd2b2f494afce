"""My API tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.plant.models import Token
from mlops_portal.foundation.plant.services.tokens import token_create
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.directory.signing import just_now


def day(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def test_the_secret_is_shown_once_and_works_within_its_actions(world, client_for):
    browser = just_now(client_for(world.cast.one.ml_engineer))
    given = {"name": "notebook", "expires": day(30), "scopes": ["plant.view"]}
    response = browser.post("/me/tokens/new/", given)
    assert response.status_code == 201
    assert "no-store" in response.headers["Cache-Control"]
    secret = re.search(r"mlp_[\w-]+", response.content.decode()).group()
    assert secret not in browser.get("/me/tokens/").content.decode()
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert [one["slug"] for one in program.get("/api/v1/lines/").json()["results"]] == ["line-1"]
    assert program.get("/api/v1/nodes/").status_code == 403
    assert program.get("/api/v1/matrix/").status_code == 403


def test_only_what_one_may_do_is_offered(world, client_for):
    browser = just_now(client_for(world.cast.one.operator))
    assert "role.grant" not in browser.get("/me/tokens/new/").content.decode()
    given = {"name": "notebook", "expires": day(30), "scopes": ["role.grant"]}
    assert browser.post("/me/tokens/new/", given).status_code == 422
    assert not Token.objects.exists()


def test_a_date_that_is_too_far_is_said_at_the_form(world, client_for):
    given = {"name": "notebook", "expires": day(500), "scopes": ["plant.view"]}
    response = just_now(client_for(world.cast.one.operator)).post("/me/tokens/new/", given)
    assert response.status_code == 422
    assert "within one year" in response.content.decode()


def test_a_token_is_revoked_by_its_owner_and_seen_by_nobody_else(world, client_for):
    token, _secret = token_create(
        by=world.worker, name="mine", scopes=["plant.view"], expires_at=timezone.now() + timedelta(days=3)
    )
    revoke = f"/me/tokens/{token.pk}/revoke/"
    assert client_for(world.cast.one.operator).post(revoke).status_code == 404
    assert client_for(world.elsewhere.administrator).post(revoke).status_code == 403
    assert client_for(world.worker).post(revoke).status_code == 302
    assert client_for(world.worker).post(revoke).status_code == 409


def test_the_administrator_revokes_a_token_on_the_person_s_page(world, client_for):
    token, _secret = token_create(
        by=world.worker, name="mine", scopes=["plant.view"], expires_at=timezone.now() + timedelta(days=3)
    )
    admin = client_for(world.cast.whole.administrator)
    assert "mine" in admin.get(f"/people/{world.worker.pk}/").content.decode()
    response = admin.post(f"/me/tokens/{token.pk}/revoke/")
    assert response.headers["Location"] == f"/people/{world.worker.pk}/"


def test_a_session_left_open_makes_no_token(world, client_for):
    browser = client_for(world.cast.one.ml_engineer)
    given = {"name": "notebook", "expires": day(30), "scopes": ["plant.view"]}
    assert browser.post("/me/tokens/new/", given).headers["Location"].startswith("/confirm/password/")
    said = browser.post(
        "/api/v1/tokens/",
        {"name": "n", "expires_at": f"{day(30)}T00:00:00Z", "scopes": ["plant.view"]},
        content_type="application/json",
    )
    assert said.status_code == 403
    assert "Show once more that it is you" in said.json()["detail"]
    assert not Token.objects.exists()


def test_a_token_can_do_no_more_than_its_person(world):
    operator = world.cast.one.operator
    for scope in ("approval.decide", "policy.set"):
        with pytest.raises(NotAllowed, match="no more than you"):
            token_create(by=operator, name="n", scopes=[scope], expires_at=timezone.now() + timedelta(days=3))
    assert not Token.objects.exists()


def test_a_token_changes_nothing_about_its_person(world):
    person = world.cast.whole.quality_engineer
    _token, secret = token_create(
        by=person, name="n", scopes=["approval.view"], expires_at=timezone.now() + timedelta(days=3)
    )
    program = Client(headers={"authorization": f"Bearer {secret}"})
    said = program.patch("/api/v1/me/", {"language": "sv"}, content_type="application/json")
    assert said.status_code == 403
    person.refresh_from_db()
    assert person.language != "sv"
    assert program.get("/api/v1/me/").status_code == 200
