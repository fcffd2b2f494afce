"""API tokens: named, scoped, hashed, expiring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.plant.errors import AlreadyEnded, UnknownScope, WrongDate
from mlops_portal.foundation.plant.models import Person, Token
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.plant.services.tokens import token_create, token_revoke, token_use
from mlops_portal.foundation.wire.errors import NotAllowed


def make(person: Person, *scopes: str, days: float = 30):
    return token_create(
        by=person,
        name="notebook",
        scopes=scopes or ["plant.view"],
        expires_at=timezone.now() + timedelta(days=days),
    )


def test_the_secret_is_shown_once_and_only_its_digest_is_kept(cast, recorded):
    token, secret = make(cast.one.ml_engineer)
    assert secret.startswith("mlp_")
    stored = "".join(str(value) for value in Token.objects.values().get(pk=token.pk).values())
    assert secret not in stored
    assert recorded() == ["plant.token.created"]


def test_a_token_acts_as_its_owner_within_its_actions(cast):
    _token, secret = make(cast.one.ml_engineer, "plant.view")
    person = token_use(secret=secret).person
    assert person == cast.one.ml_engineer
    assert person.may("plant.view", line=cast.line_1)
    assert not person.may("plant.view", line=cast.line_2)
    assert not person.may("log.view")
    assert list(lines_for(person=person)) == [cast.line_1]
    assert not lines_for(person=person, action="node.view").exists()


def test_a_use_is_noted(cast):
    token, secret = make(cast.one.ml_engineer)
    token_use(secret=secret)
    token.refresh_from_db()
    assert token.last_used_at is not None


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_an_expiry_in_the_past_or_far_away_is_refused(cast, days):
    with pytest.raises(WrongDate):
        make(cast.one.ml_engineer, days=days)


def test_a_token_that_expired_opens_nothing(cast):
    _token, secret = make(cast.one.ml_engineer)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_use(secret=secret) is None


def test_a_guessed_token_opens_nothing(cast):
    make(cast.one.ml_engineer)
    assert token_use(secret="mlp_guessed") is None


def test_an_unknown_action_is_refused_and_so_is_none_at_all(cast):
    with pytest.raises(UnknownScope, match=r"coffee\.make"):
        make(cast.one.ml_engineer, "coffee.make")
    with pytest.raises(UnknownScope):
        token_create(
            by=cast.one.ml_engineer, name="x", scopes=[], expires_at=timezone.now() + timedelta(days=1)
        )


def test_a_token_makes_no_tokens(cast):
    _token, secret = make(cast.one.ml_engineer, "token.create")
    with pytest.raises(NotAllowed):
        make(token_use(secret=secret).person)


def test_who_holds_no_role_makes_no_tokens(cast):
    with pytest.raises(NotAllowed):
        make(cast.stranger)


def test_a_revoked_token_opens_nothing_and_is_revoked_once(cast, recorded):
    token, secret = make(cast.one.ml_engineer)
    token_revoke(by=cast.one.ml_engineer, token=token)
    assert token_use(secret=secret) is None
    with pytest.raises(AlreadyEnded):
        token_revoke(by=cast.one.ml_engineer, token=token)
    assert recorded() == ["plant.token.created", "plant.token.revoked"]


def test_the_administrator_revokes_anybody_s_token_and_a_colleague_does_not(cast):
    token, _secret = make(cast.one.ml_engineer)
    with pytest.raises(NotAllowed):
        token_revoke(by=cast.one.quality_engineer, token=token)
    token_revoke(by=cast.whole.administrator, token=token)


def test_a_token_without_the_right_revokes_no_other_of_its_owner(cast):
    token, _ = make(cast.one.ml_engineer)
    _other, secret = make(cast.one.ml_engineer, "plant.view")
    with pytest.raises(NotAllowed):
        token_revoke(by=token_use(secret=secret).person, token=token)


def test_the_token_of_somebody_who_left_opens_nothing(cast):
    _token, secret = make(cast.one.ml_engineer)
    Person.objects.filter(pk=cast.one.ml_engineer.pk).update(is_active=False)
    assert token_use(secret=secret) is None
