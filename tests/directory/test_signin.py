"""Coming in with a password, and going out."""

from __future__ import annotations

import pytest
from django.test import Client

from mlops_portal.foundation.ledger.models import Event
from tests.cast import Cast
from tests.directory.signing import is_signed_in, sign_in


def test_the_user_name_and_the_password_sign_a_person_in(client: Client, cast: Cast) -> None:
    response = sign_in(client, cast.one.operator)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "typed", ["operator-one@plant.example", "OPERATOR-ONE", " Operator-One@Plant.example "]
)
def test_the_mail_and_other_spellings_work_too(client: Client, cast: Cast, typed: str) -> None:
    client.post("/sign-in/", {"login": typed, "password": "a-good-long-password"})
    assert is_signed_in(client)


def test_a_mail_kept_in_capitals_signs_in_too(client: Client, cast: Cast) -> None:
    person = cast.one.operator
    person.email = "Operator.One@Plant.Example"
    person.save()
    client.post("/sign-in/", {"login": "operator.one@plant.example", "password": "a-good-long-password"})
    assert is_signed_in(client)


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(client: Client, cast: Cast) -> None:
    known = sign_in(client, cast.one.operator, "wrong").content.decode()
    unknown = client.post("/sign-in/", {"login": "nobody", "password": "wrong"}).content.decode()
    assert "The user name or the password is not right." in known
    assert "The user name or the password is not right." in unknown
    assert not is_signed_in(client)


def test_who_left_cannot_sign_in_and_an_open_session_ends(client: Client, cast: Cast) -> None:
    person = cast.one.operator
    sign_in(client, person)
    person.is_active = False
    person.save()
    assert not is_signed_in(client)
    response = sign_in(client, person)
    assert response["Location"] == "/sign-in/left/"
    assert "This account is closed" in client.get("/sign-in/left/").content.decode()
    assert not is_signed_in(client)


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: Client, cast: Cast) -> None:
    asked = client.get("/me/security/")
    assert asked["Location"] == "/sign-in/?next=/me/security/"
    assert sign_in(client, cast.one.operator, next="/me/security/")["Location"] == "/me/security/"


def test_signing_in_never_leads_to_another_site(client: Client, cast: Cast) -> None:
    assert sign_in(client, cast.one.operator, next="https://elsewhere.example/")["Location"] == "/"


def test_signing_out_takes_a_post(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    assert "Sign out?" in client.get("/sign-out/").content.decode()
    assert is_signed_in(client)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_nobody_signs_up(client: Client, cast: Cast) -> None:
    assert client.get("/sign-up/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


def test_signing_in_is_too_common_for_the_log(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    assert not Event.objects.exists()


def test_the_session_gets_a_new_key_when_somebody_signs_in(client: Client, cast: Cast) -> None:
    client.get("/sign-in/passkey/", headers={"accept": "application/json"})
    before = client.session.session_key
    sign_in(client, cast.one.operator)
    assert before
    assert client.session.session_key != before
