"""Changing the password, and setting a new one through a mail."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Person
from tests.cast import PASSWORD, Cast
from tests.directory.signing import confirm, is_signed_in, sign_in

NEW = "four new words here"
FORGOTTEN = "/password/forgotten/"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    response = client.post(
        "/me/security/password/", {"oldpassword": old, "password1": new, "password2": again}, follow=True
    )
    return response.content.decode()


def link_in_mail() -> str:
    found = re.search(r"http://localhost:8000(/password/new/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def test_the_new_password_signs_in_and_the_old_one_does_not(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    change(client)
    assert is_signed_in(client)
    other = Client()
    sign_in(other, cast.one.operator)
    assert not is_signed_in(other)
    sign_in(other, cast.one.operator, NEW)
    assert is_signed_in(other)
    assert Event.objects.get().type == "directory.password.changed"


def test_changing_the_password_ends_the_other_sessions(client: Client, cast: Cast) -> None:
    elsewhere = Client()
    sign_in(elsewhere, cast.one.operator)
    sign_in(client, cast.one.operator)
    change(client)
    assert not is_signed_in(elsewhere)


def test_a_change_needs_the_current_password_and_a_good_new_one(client: Client, cast: Cast) -> None:
    sign_in(client, cast.one.operator)
    assert "This is not your current password." in change(client, old="wrong")
    assert "too short" in change(client, new="short", again="short")
    assert "same password" in change(client, again="other words here")
    assert not Event.objects.exists()


def test_a_mail_brings_a_link_that_sets_a_new_password_once(client: Client, cast: Cast) -> None:
    response = client.post(FORGOTTEN, {"email": "OPERATOR-ONE@plant.example"}, follow=True)
    assert "Look into your mail" in response.content.decode()
    assert mail.outbox[0].subject == "MLOps Portal: choose a new password"
    link = link_in_mail()
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    done = client.post(address, {"password1": NEW, "password2": NEW}, follow=True).content.decode()
    assert "The new password is set" in done
    assert Event.objects.get().type == "directory.password.reset"
    sign_in(client, cast.one.operator, NEW)
    assert is_signed_in(client)
    assert "This link cannot be used" in Client().get(link, follow=True).content.decode()


def test_the_page_says_the_same_for_an_address_that_nobody_has(client: Client, cast: Cast) -> None:
    said = [
        client.post(FORGOTTEN, {"email": email}, follow=True).content.decode().partition("<main")[2]
        for email in (cast.one.operator.email, "nobody@plant.example")
    ]
    assert said[0].partition("</main>")[0] == said[1].partition("</main>")[0]
    assert len(mail.outbox) == 1


def test_who_left_gets_no_link(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.one.operator.pk).update(is_active=False)
    client.post(FORGOTTEN, {"email": cast.one.operator.email})
    assert mail.outbox == []


def test_the_link_names_the_portals_own_address_whatever_host_was_asked(client: Client, cast: Cast) -> None:
    client.post(FORGOTTEN, {"email": cast.one.operator.email}, headers={"host": "127.0.0.1"})
    assert link_in_mail()


def test_after_a_forgotten_password_passkeys_and_apps_can_still_be_added(client: Client, cast: Cast) -> None:
    client.post(FORGOTTEN, {"email": cast.one.operator.email})
    sign_in(client, cast.one.operator)
    confirm(client)
    assert client.get("/me/security/app/").status_code == 200
    assert client.get("/me/security/passkeys/add/").status_code == 200
