"""Inviting people, taking it back, and coming in."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from mlops_portal.foundation.plant.errors import InvitationUnusable, NameTaken, WrongPlace
from mlops_portal.foundation.plant.models import Invitation, Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import invitations_open
from mlops_portal.foundation.plant.services.invitations import (
    invitation_accept,
    invitation_create,
    invitation_withdraw,
)
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed

PASSWORD = "pressure-gauge-417"


def invite(cast, **given):
    fields = {"name": "Ada Novak", "email": "ada@plant.example", "role": Role.OPERATOR, "site": cast.site}
    return invitation_create(by=cast.whole.administrator, **(fields | given))


def test_the_secret_of_the_link_is_not_kept(cast, recorded):
    invitation, secret = invite(cast, line=cast.line_1)
    assert secret not in "".join(str(value) for value in vars(invitation).values())
    assert list(invitations_open()) == [invitation]
    assert recorded() == ["plant.person.invited"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_invites(cast, role):
    with pytest.raises(NotAllowed):
        invitation_create(
            by=cast.whole.having(role), name="Ada", email="", role=Role.OPERATOR, site=cast.site
        )


def test_an_administrator_invites_to_no_other_site(cast, other_site):
    with pytest.raises(NotAllowed):
        invite(cast, site=other_site)
    with pytest.raises(WrongPlace):
        invite(cast, line=other_site.lines.get())


def test_who_has_an_account_is_not_invited_again(cast):
    with pytest.raises(NameTaken):
        invite(cast, email=cast.stranger.email.upper())


def test_who_accepts_gets_the_account_and_the_role(cast, recorded):
    _invitation, secret = invite(cast, line=cast.line_1)
    person = invitation_accept(secret=secret, username="ada", password=PASSWORD)
    person = Person.objects.get(pk=person.pk)
    assert person.check_password(PASSWORD)
    assert person.may("plant.view", line=cast.line_1)
    assert not person.may("plant.view", line=cast.line_2)
    assert recorded() == ["plant.person.invited", "plant.person.joined"]


def test_an_invitation_is_used_once(cast):
    _invitation, secret = invite(cast)
    invitation_accept(secret=secret, username="ada", password=PASSWORD)
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=secret, username="eve", password=PASSWORD)
    assert not Person.objects.filter(username="eve").exists()


def test_an_invitation_runs_out(cast):
    _invitation, secret = invite(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not invitations_open().exists()
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=secret, username="ada", password=PASSWORD)


def test_an_invitation_that_was_withdrawn_opens_nothing(cast, recorded):
    invitation, secret = invite(cast)
    invitation_withdraw(by=cast.whole.administrator, invitation=invitation)
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret=secret, username="ada", password=PASSWORD)
    with pytest.raises(InvitationUnusable):
        invitation_withdraw(by=cast.whole.administrator, invitation=invitation)
    assert recorded() == ["plant.person.invited", "plant.invitation.withdrawn"]


def test_a_guessed_link_opens_nothing(cast):
    with pytest.raises(InvitationUnusable):
        invitation_accept(secret="guessed", username="ada", password=PASSWORD)


def test_a_weak_password_leaves_the_invitation_open(cast):
    _invitation, secret = invite(cast)
    with pytest.raises(Invalid):
        invitation_accept(secret=secret, username="ada", password="short")
    assert invitation_accept(secret=secret, username="ada", password=PASSWORD)


@pytest.mark.parametrize("username", ["", "with space", "x" * 61])
def test_a_user_name_that_does_not_fit_is_refused(cast, username):
    _invitation, secret = invite(cast)
    with pytest.raises(Invalid):
        invitation_accept(secret=secret, username=username, password=PASSWORD)


def test_a_taken_user_name_leaves_the_invitation_open(cast):
    _invitation, secret = invite(cast)
    with pytest.raises(NameTaken, match="STRANGER"):
        invitation_accept(secret=secret, username="STRANGER", password=PASSWORD)
    assert invitation_accept(secret=secret, username="ada", password=PASSWORD)


def test_a_mail_taken_meanwhile_is_named_as_the_reason(cast):
    _first, secret = invite(cast)
    _second, other = invite(cast)
    invitation_accept(secret=secret, username="ada", password=PASSWORD)
    with pytest.raises(NameTaken, match=r"ada@plant\.example"):
        invitation_accept(secret=other, username="eve", password=PASSWORD)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_comes_in():
    from tests.cast import make_cast

    _invitation, secret = invite(make_cast())
    start, outcomes = Barrier(2), []

    def accept(username: str) -> None:
        start.wait(timeout=10)
        try:
            invitation_accept(secret=secret, username=username, password=PASSWORD)
            outcomes.append("in")
        except InvitationUnusable:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=accept, args=(name,)) for name in ("ada", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["in", "refused"]
    assert Person.objects.filter(username__in=["ada", "eve"]).count() == 1
