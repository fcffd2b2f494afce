"""Leaving ends everything that a person could do, and nothing that they did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.plant.errors import AlreadyEnded, LastAdministrator
from mlops_portal.foundation.plant.models import Person, PersonSkill, RoleAssignment, Skill, Token
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.people import person_leave, preferences_set
from mlops_portal.foundation.plant.services.skills import skill_grant
from mlops_portal.foundation.plant.services.tokens import token_create, token_use
from mlops_portal.foundation.wire.errors import NotAllowed


def test_roles_skills_tokens_and_sessions_end(cast, recorded):
    expert = cast.one.domain_expert
    skill = Skill.objects.create(slug="cracks", name="Judging cracks")
    skill_grant(by=cast.whole.administrator, person=expert, skill=skill)
    _token, secret = token_create(
        by=expert, name="notebook", scopes=["plant.view"], expires_at=timezone.now() + timedelta(days=9)
    )
    browser = Client()
    browser.force_login(expert)
    person_leave(by=cast.whole.administrator, person=expert)
    expert = Person.objects.get(pk=expert.pk)
    assert not expert.is_active
    assert expert.left_at is not None
    assert not RoleAssignment.objects.current().filter(person=expert).exists()
    assert not PersonSkill.objects.filter(person=expert, ended_at=None).exists()
    assert not Token.objects.filter(person=expert, revoked_at=None).exists()
    assert token_use(secret=secret) is None
    assert not browser.session.get("_auth_user_id")
    assert recorded()[-1] == "plant.person.left"


def test_only_that_person_is_signed_out(cast):
    leaver, other = Client(), Client()
    leaver.force_login(cast.one.operator)
    other.force_login(cast.two.operator)
    person_leave(by=cast.whole.administrator, person=cast.one.operator)
    assert other.session.get("_auth_user_id") == str(cast.two.operator.pk)


def test_a_person_leaves_once(cast):
    person_leave(by=cast.whole.administrator, person=cast.one.operator)
    with pytest.raises(AlreadyEnded):
        person_leave(by=cast.whole.administrator, person=cast.one.operator)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_lets_people_leave(cast, role):
    with pytest.raises(NotAllowed):
        person_leave(by=cast.whole.having(role), person=cast.stranger)


def test_who_holds_a_role_at_another_site_too_leaves_only_through_both(cast, other_site):
    RoleAssignment.objects.create(
        person=cast.one.operator, role=Role.OPERATOR, site=other_site, granted_at=timezone.now()
    )
    with pytest.raises(NotAllowed):
        person_leave(by=cast.whole.administrator, person=Person.objects.get(pk=cast.one.operator.pk))


def test_the_last_administrator_cannot_leave_and_keeps_everything(cast):
    with pytest.raises(LastAdministrator):
        person_leave(by=cast.whole.administrator, person=cast.whole.administrator)
    again = Person.objects.get(pk=cast.whole.administrator.pk)
    assert again.is_active
    assert again.may("people.leave", site=cast.site)


def test_preferences_are_language_theme_and_time_zone(cast):
    preferences_set(person=cast.stranger, language="de", theme="dark")
    assert Person.objects.get(pk=cast.stranger.pk).language == "de"
    with pytest.raises(TypeError):
        preferences_set(person=cast.stranger, username="root")
