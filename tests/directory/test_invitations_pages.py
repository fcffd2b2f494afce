"""Inviting: the link is shown once and mailed."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from mlops_portal.foundation.plant.models import Invitation

ADA = {
    "name": "Ada Novak",
    "email": "ada@plant.example",
    "role": "operator",
    "place": "ahrensfeld/line-1",
    "language": "en",
}


@pytest.fixture
def admin(world, client_for):
    return client_for(world.cast.whole.administrator)


def test_the_link_is_shown_once_sent_by_mail_and_opens(admin, client):
    response = admin.post("/people/invitations/new/", ADA)
    assert response.status_code == 201
    assert "no-store" in response.headers["Cache-Control"]
    link = re.search(r"http\S+/join/[\w-]+/", response.content.decode()).group()
    [message] = mail.outbox
    assert message.to == ["ada@plant.example"]
    assert link in message.body
    assert link not in admin.get("/people/invitations/").content.decode()
    assert client.get("/join/" + link.rstrip("/").rpartition("/")[2] + "/").status_code == 200


def test_without_a_mail_the_link_is_handed_over(admin):
    response = admin.post("/people/invitations/new/", ADA | {"email": ""})
    assert "Hand over this link yourself" in response.content.decode()
    assert not mail.outbox


def test_a_mail_that_cannot_be_sent_is_said_and_the_link_is_kept(admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    response = admin.post("/people/invitations/new/", ADA)
    assert response.status_code == 201
    assert "could not be sent" in response.content.decode()
    assert Invitation.objects.count() == 1


def test_an_invitation_is_withdrawn_once(admin):
    admin.post("/people/invitations/new/", ADA)
    invitation = Invitation.objects.get()
    assert "Ada Novak" in admin.get("/people/invitations/").content.decode()
    assert admin.post(f"/people/invitations/{invitation.pk}/withdraw/").status_code == 302
    assert admin.post(f"/people/invitations/{invitation.pk}/withdraw/").status_code == 404


def test_an_administrator_of_another_site_does_not_see_it(admin, world, client_for):
    admin.post("/people/invitations/new/", ADA)
    other = client_for(world.elsewhere.administrator)
    assert "Ada Novak" not in other.get("/people/invitations/").content.decode()
    withdraw = f"/people/invitations/{Invitation.objects.get().pk}/withdraw/"
    assert other.post(withdraw).status_code == 404


def test_who_has_an_account_is_named_at_the_form(admin, world):
    response = admin.post("/people/invitations/new/", ADA | {"email": world.worker.email})
    assert response.status_code == 409
    assert "has an account already" in response.content.decode()
