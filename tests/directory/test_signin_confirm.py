"""Every change of how one signs in asks once more who is there."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import PASSWORD, Cast
from tests.directory.signing import code_of, confirm, sign_in, with_app, with_recovery_codes

GUARDED = [
    "/me/security/passkeys/add/",
    "/me/security/app/",
    "/me/security/recovery-codes/new/",
]


@pytest.mark.parametrize("address", GUARDED)
def test_a_change_asks_for_the_password_first(client: Client, cast: Cast, address: str) -> None:
    sign_in(client, cast.one.operator)
    for response in (client.get(address), client.post(address)):
        assert response["Location"].startswith("/confirm/password/?next=")


@pytest.mark.parametrize("address", [*GUARDED, "/me/security/", "/me/security/password/", "/joined/"])
def test_a_stranger_is_sent_to_sign_in(client: Client, db: None, address: str) -> None:
    assert client.get(address)["Location"].startswith("/sign-in/")


def test_recovery_codes_are_shown_after_confirming_alone(client: Client, cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    codes = with_recovery_codes(cast.one.operator)
    sign_in(client, cast.one.operator)
    client.post("/sign-in/second-step/", {"code": code_of(secret)})
    for address in ("/me/security/recovery-codes/", "/me/security/recovery-codes/file/"):
        refused = client.get(address)
        assert refused["Location"].startswith("/confirm/password/")
        assert codes[0] not in refused.content.decode()
    confirm(client)
    assert codes[0] in client.get("/me/security/recovery-codes/").content.decode()


def test_confirming_leads_on_to_what_was_wanted(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    asked = client.get("/me/security/app/")["Location"]
    response = client.post(asked, {"password": PASSWORD, "next": "/me/security/app/"})
    assert response["Location"] == "/me/security/app/"
    assert client.get("/me/security/app/").status_code == 200


def test_a_wrong_password_confirms_nothing(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    assert (
        "The password is not right." in client.post("/confirm/password/", {"password": "x"}).content.decode()
    )
    assert client.get("/me/security/app/").status_code == 302


def test_a_code_confirms_as_well(client: Client, cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    code = with_recovery_codes(cast.one.operator)[3]
    sign_in(client, cast.one.operator)
    client.post("/sign-in/second-step/", {"code": code_of(secret)})
    assert "Use a code" in client.get("/confirm/password/").content.decode()
    client.post("/confirm/code/", {"code": code})
    assert client.get("/me/security/app/remove/").status_code == 200


def test_confirming_lasts_five_minutes(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    sign_in(client, cast.one.operator)
    confirm(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 299)
    assert client.get("/me/security/app/").status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert client.get("/me/security/app/").status_code == 302
