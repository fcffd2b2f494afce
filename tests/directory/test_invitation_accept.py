"""Coming in by the link of an invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Invitation, Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.invitations import invitation_create, invitation_withdraw
from tests.cast import Cast
from tests.directory.signing import is_signed_in, sign_in

CHOSEN = {"username": "maja", "password": "four words for maja", "again": "four words for maja"}


def invite(cast: Cast, **more: Any) -> tuple[Invitation, str]:
    return invitation_create(
        by=cast.whole.administrator,
        name="Maja Brandt",
        email="maja@plant.example",
        role=Role.OPERATOR,
        site=cast.site,
        line=cast.line_1,
        **more,
    )


def test_an_invited_person_chooses_name_and_password_and_is_in(client: Client, cast: Cast) -> None:
    _, secret = invite(cast)
    page = client.get(f"/join/{secret}/").content.decode()
    assert "Welcome, Maja Brandt" in page
    assert "Operator, Line 1" in page
    assert client.post(f"/join/{secret}/", CHOSEN)["Location"] == "/joined/"
    maja = Person.objects.get(username="maja")
    assert [(one.role, one.line) for one in maja.assignments] == [(Role.OPERATOR, cast.line_1)]
    assert "Add a passkey" in client.get("/joined/").content.decode()
    assert Event.objects.order_by("id").last().type == "plant.person.joined"
    again = Client()
    sign_in(again, maja, CHOSEN["password"])
    assert is_signed_in(again)


def test_a_passkey_is_offered_without_asking_for_the_password_again(client: Client, cast: Cast) -> None:
    _, secret = invite(cast)
    client.post(f"/join/{secret}/", CHOSEN)
    assert client.get("/me/security/passkeys/add/").status_code == 200


def test_the_page_and_the_person_speak_the_language_of_the_invitation(client: Client, cast: Cast) -> None:
    _, secret = invite(cast, language="de")
    client.post(f"/join/{secret}/", CHOSEN)
    assert Person.objects.get(username="maja").language == "de"


def test_an_invitation_is_used_once(client: Client, cast: Cast) -> None:
    _, secret = invite(cast)
    client.post(f"/join/{secret}/", CHOSEN)
    second = Client().post(f"/join/{secret}/", {**CHOSEN, "username": "maja2"})
    assert second.status_code == 410
    assert "cannot be used" in second.content.decode()
    assert not Person.objects.filter(username="maja2").exists()


def test_an_expired_invitation_is_refused(client: Client, cast: Cast) -> None:
    invitation, secret = invite(cast)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/join/{secret}/").status_code == 410
    assert client.post(f"/join/{secret}/", CHOSEN).status_code == 410
    assert not Person.objects.filter(username="maja").exists()


def test_a_withdrawn_invitation_is_refused(client: Client, cast: Cast) -> None:
    invitation, secret = invite(cast)
    invitation_withdraw(by=cast.whole.administrator, invitation=invitation)
    assert client.post(f"/join/{secret}/", CHOSEN).status_code == 410
    assert not Person.objects.filter(username="maja").exists()


def test_a_taken_name_is_said_and_the_invitation_stays_good(client: Client, cast: Cast) -> None:
    _, secret = invite(cast)
    page = client.post(f"/join/{secret}/", {**CHOSEN, "username": "Operator-One"}).content.decode()
    assert "is taken; choose another" in page
    assert client.post(f"/join/{secret}/", CHOSEN).status_code == 302


def test_a_weak_password_and_a_slip_are_said(client: Client, cast: Cast) -> None:
    _, secret = invite(cast)
    weak = client.post(f"/join/{secret}/", {**CHOSEN, "password": "password", "again": "password"})
    assert "too short" in weak.content.decode()
    slip = client.post(f"/join/{secret}/", {**CHOSEN, "again": "four words for mayo"})
    assert "The two passwords differ." in slip.content.decode()
    own_mail = client.post(
        f"/join/{secret}/", {**CHOSEN, "password": "maja@plant.example", "again": "maja@plant.example"}
    )
    assert "too similar" in own_mail.content.decode()
    assert not Person.objects.filter(username="maja").exists()


def test_who_joins_on_somebody_elses_device_does_not_inherit_the_session(client: Client, cast: Cast) -> None:
    sign_in(client, cast.two.operator)
    before = client.session.session_key
    _, secret = invite(cast)
    client.post(f"/join/{secret}/", CHOSEN)
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(Person.objects.get(username="maja").pk)
