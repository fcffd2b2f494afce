"""Passkeys on the server's side; the browser's side is in tests/browser/test_signin_passkey.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Person
from tests.cast import Cast
from tests.directory.signing import (
    SoftKey,
    add_passkey,
    confirm,
    is_signed_in,
    options_on,
    passkeys_of,
    sign_in,
)

ADD = "/me/security/passkeys/add/"
ENTER = "/sign-in/passkey/"


@pytest.fixture
def person(cast: Cast) -> Person:
    return cast.one.quality_engineer


@pytest.fixture
def key(client: Client, person: Person) -> SoftKey:
    """A passkey of the person, who is signed in on ``client``."""
    sign_in(client, person)
    key = SoftKey()
    add_passkey(client, key)
    return key


def challenge(client: Client) -> dict[str, Any]:
    data: dict[str, Any] = client.get(ENTER, headers={"accept": "application/json"}).json()
    return data["request_options"]


def enter(key: SoftKey, **lies: Any) -> Client:
    client = Client()
    client.post(ENTER, {"credential": key.sign(challenge(client), **lies)})
    return client


def test_a_new_passkey_must_find_itself_and_check_who_is_there(client: Client, person: Person) -> None:
    sign_in(client, person)
    confirm(client)
    options = options_on(client.get(ADD))["publicKey"]
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "localhost"
    assert options["user"]["displayName"] == person.name


def test_a_passkey_signs_in_without_password_or_code(key: SoftKey) -> None:
    assert is_signed_in(enter(key))


def test_adding_a_passkey_is_in_the_log_by_its_digest_and_name(key: SoftKey, person: Person) -> None:
    added, codes = Event.objects.order_by("id")
    assert (added.type, codes.type) == ("directory.passkey.added", "directory.recovery_codes.made")
    assert len(added.data["credential"]) == 64
    assert sentence(added) == f"{person.name} added the passkey Phone"


def test_a_passkey_turns_the_password_into_a_first_step(key: SoftKey, person: Person) -> None:
    client = Client()
    assert sign_in(client, person)["Location"] == "/sign-in/second-step/"
    options = options_on(client.get("/sign-in/second-step/"))
    assert options["publicKey"]["userVerification"] == "required"
    client.post("/sign-in/second-step/", {"credential": key.sign(options)})
    assert is_signed_in(client)


def test_a_passkey_confirms_who_is_there(client: Client, key: SoftKey) -> None:
    fresh = enter(key)
    assert fresh.get(ADD).status_code == 302
    options = options_on(fresh.get("/confirm/passkey/"))
    fresh.post("/confirm/passkey/", {"credential": key.sign(options)})
    assert fresh.get(ADD).status_code == 200


def test_a_refused_passkey_confirms_nothing_and_says_so(client: Client, key: SoftKey) -> None:
    fresh = enter(key)
    options = options_on(fresh.get("/confirm/passkey/"))
    page = fresh.post("/confirm/passkey/", {"credential": key.sign(options, flags=0)})
    assert "did not check that it is you" in page.content.decode()
    assert fresh.get(ADD).status_code == 302


@pytest.mark.parametrize(
    "lies",
    [
        {"flags": 0},
        {"origin": "http://localhost:9000"},
        {"origin": "https://evil.example"},
        {"crossOrigin": True},
        {"topOrigin": "https://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
    ids=[
        "not verified",
        "other port",
        "other site",
        "in a frame",
        "framed by",
        "wrong kind",
        "old challenge",
    ],
)
def test_a_signature_with_a_flaw_signs_nobody_in(key: SoftKey, lies: dict[str, Any]) -> None:
    assert not is_signed_in(enter(key, **lies))


@pytest.mark.parametrize(
    "flags_and_page", [{"flags": 0}, {"origin": "http://localhost:9000"}, {"crossOrigin": True}]
)
def test_a_new_passkey_with_a_flaw_is_not_kept(
    client: Client, person: Person, flags_and_page: dict[str, Any]
) -> None:
    sign_in(client, person)
    confirm(client)
    answer = SoftKey().make(options_on(client.get(ADD)), **flags_and_page)
    page = client.post(ADD, {"name": "Phone", "credential": answer})
    assert page.status_code == 200
    assert "notice-bad" in page.content.decode()
    assert passkeys_of(person) == []
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "rubbish", ["", "[]", "1", "{}", '"x"', '{"id": 1}', '{"response": {"clientDataJSON": "e30"}}', "{"]
)
@pytest.mark.parametrize("address", [ENTER, ADD])
def test_rubbish_is_refused_calmly(client: Client, person: Person, address: str, rubbish: str) -> None:
    if address == ADD:
        sign_in(client, person)
        confirm(client)
        client.get(ADD)
    else:
        challenge(client)
    assert client.post(address, {"name": "x", "credential": rubbish}).status_code in (200, 302)
    assert passkeys_of(person) == []


def test_a_passkey_of_nobody_signs_nobody_in(key: SoftKey) -> None:
    stranger = SoftKey()
    for handle in (b"not-a-uuid", b"", b"\xff\xfe", key.user_handle):
        stranger.user_handle = handle
        assert not is_signed_in(enter(stranger))


def test_a_signature_works_once(key: SoftKey) -> None:
    client = Client()
    signature = key.sign(challenge(client))
    client.post(ENTER, {"credential": signature})
    client.post("/sign-out/")
    client.post(ENTER, {"credential": signature})
    assert not is_signed_in(client)


def test_the_passkey_of_somebody_who_left_opens_nothing(key: SoftKey, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()
    response = client.post(ENTER, {"credential": key.sign(challenge(client))})
    assert response["Location"] == "/sign-in/left/"
    assert not is_signed_in(client)


def test_a_passkey_is_renamed_and_removed(client: Client, key: SoftKey, person: Person) -> None:
    passkey = passkeys_of(person)[0]
    client.post(f"/me/security/passkeys/{passkey.pk}/name/", {"name": "Badge"})
    assert "Badge" in client.get("/me/security/").content.decode()
    assert "Badge" in client.get(f"/me/security/passkeys/{passkey.pk}/remove/").content.decode()
    client.post(f"/me/security/passkeys/{passkey.pk}/remove/")
    assert passkeys_of(person) == []
    assert not is_signed_in(enter(key))
    told = [sentence(event) for event in Event.objects.order_by("id")][-2:]
    assert told == [
        f"{person.name} renamed the passkey Phone to Badge",
        f"{person.name} removed the passkey Badge",
    ]


def test_the_passkeys_of_others_are_out_of_reach(
    client: Client, key: SoftKey, person: Person, cast: Cast
) -> None:
    passkey = passkeys_of(person)[0]
    other = Client()
    sign_in(other, cast.two.quality_engineer)
    confirm(other)
    for verb in ("name", "remove"):
        address = f"/me/security/passkeys/{passkey.pk}/{verb}/"
        assert other.get(address).status_code == 404
        assert other.post(address, {"name": "Mine"}).status_code == 404
    assert json.dumps(passkeys_of(person)[0].data["name"]) == '"Phone"'
