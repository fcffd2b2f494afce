"""Who tries too often is refused, and reads for how long."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from mlops_portal.foundation.shell.proxies import visitor
from tests.cast import Cast
from tests.directory.signing import code_of, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.services


def test_the_sixth_wrong_password_within_five_minutes_says_how_long_to_wait(
    client: Client, cast: Cast
) -> None:
    for _ in range(5):
        assert "not right" in sign_in(client, cast.one.operator, "wrong").content.decode()
    sixth = sign_in(client, cast.one.operator, "wrong").content.decode()
    assert re.search(r"Too many wrong attempts\. Try again in 5 minutes\.", sixth)


def test_the_right_password_is_refused_too_until_the_time_is_over(client: Client, cast: Cast) -> None:
    for _ in range(5):
        sign_in(client, cast.one.operator, "wrong")
    assert "Try again in" in sign_in(client, cast.one.operator).content.decode()
    assert not is_signed_in(client)


def test_user_name_and_mail_of_one_person_are_counted_together(client: Client, cast: Cast) -> None:
    person = cast.one.operator
    for typed in (person.username, person.email, person.username.upper(), person.email.upper(), person.email):
        client.post("/sign-in/", {"login": typed, "password": "wrong"})
    assert "Try again in" in sign_in(client, person).content.decode()


def test_others_still_get_in_from_another_address(client: Client, cast: Cast) -> None:
    for _ in range(6):
        sign_in(client, cast.one.operator, "wrong")
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    sign_in(elsewhere, cast.two.operator)
    assert is_signed_in(elsewhere)


def test_nobody_locks_a_colleague_out_from_another_address(client: Client, cast: Cast) -> None:
    stranger = Client(REMOTE_ADDR="10.1.2.3")
    for _ in range(6):
        sign_in(stranger, cast.one.operator, "wrong")
    assert "Try again in" in sign_in(stranger, cast.one.operator).content.decode()
    sign_in(client, cast.one.operator)
    assert is_signed_in(client)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_addresses_that_nobody_vouches_for_are_no_way_around_the_count(
    client: Client, cast: Cast, header: str
) -> None:
    guesses = [Client(headers={header: f"198.51.100.{n}"}) for n in range(6)]
    answers = [sign_in(guess, cast.one.operator, "wrong").content.decode() for guess in guesses]
    assert "Try again in" in answers[-1]


def test_behind_a_trusted_proxy_every_visitor_has_an_own_count(
    client: Client, cast: Cast, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    for n in range(6):  # what the visitor adds stands left of what the proxy adds
        forged = Client(headers={"x-forwarded-for": f"198.51.100.{n}, 203.0.113.9"})
        answer = sign_in(forged, cast.one.operator, "wrong").content.decode()
    assert "Try again in" in answer
    sign_in(Client(headers={"x-forwarded-for": "203.0.113.8"}), cast.two.operator)
    sign_in(other := Client(headers={"x-forwarded-for": "203.0.113.8"}), cast.one.operator)
    assert is_signed_in(other)


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("10.0.0.5", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.5", "1.2.3.4, 198.51.100.7, 10.0.0.9", "198.51.100.7"),
        ("::ffff:10.0.0.5", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.5", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.5", "unknown", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_visitor_is_the_first_whom_no_trusted_proxy_is(peer: str, forwarded: str, seen: str) -> None:
    assert visitor(peer, forwarded, [ip_network("10.0.0.0/24")]) == seen


def test_good_sign_ins_are_not_counted(client: Client, cast: Cast) -> None:
    for _ in range(8):
        sign_in(client, cast.one.operator)
        assert is_signed_in(client)
        client.post("/sign-out/")


def test_the_sixth_wrong_code_is_refused(client: Client, cast: Cast) -> None:
    secret = with_app(cast.one.operator)
    sign_in(client, cast.one.operator)
    for _ in range(5):
        assert "not right" in client.post("/sign-in/second-step/", {"code": "000"}).content.decode()
    refused = client.post("/sign-in/second-step/", {"code": code_of(secret)}).content.decode()
    assert "Try again in 5 minutes." in refused
    assert not is_signed_in(client)


def test_wrong_current_passwords_at_a_change_are_counted_as_well(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    for _ in range(3):
        client.post("/confirm/password/", {"password": "wrong"})
    for _ in range(2):
        client.post(
            "/me/security/password/",
            {"oldpassword": "wrong", "password1": "new-words-here", "password2": "new-words-here"},
        )
    refused = client.post("/confirm/password/", {"password": "a-good-long-password"}).content.decode()
    assert "Try again in" in refused


def test_the_eleventh_wrong_invitation_link_is_refused(client: Client, db: None) -> None:
    for _ in range(10):
        assert client.get("/join/guess/").status_code == 410
    refused = client.get("/join/guess/")
    assert refused.status_code == 429
    assert "Try again in 5 minutes." in refused.content.decode()
