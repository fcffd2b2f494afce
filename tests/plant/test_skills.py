"""Giving, renewing and ending skills."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.directory.filters import PeopleFilter
from mlops_portal.foundation.plant.errors import AlreadyEnded, WrongDate
from mlops_portal.foundation.plant.models import Person, PersonSkill, RoleAssignment, Skill
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people
from mlops_portal.foundation.plant.services.skills import skill_end, skill_grant
from mlops_portal.foundation.wire.errors import NotAllowed


def skilled(*, person: Person, skill: str) -> bool:
    """Whether the list of people with the skill names the person."""
    return person in PeopleFilter({"skill": skill}, queryset=people()).qs


@pytest.fixture
def cracks(db):
    return Skill.objects.create(slug="cracks", name="Judging cracks", months_valid=12)


def test_an_expert_of_the_line_confirms_a_skill_that_expires(cast, cracks, recorded):
    held = skill_grant(by=cast.one.domain_expert, person=cast.one.operator, skill=cracks)
    assert skilled(person=cast.one.operator, skill="cracks")
    assert timedelta(days=364) < held.expires_at - timezone.now() < timedelta(days=367)
    assert recorded() == ["plant.skill.granted"]


def test_renewing_ends_the_old_confirmation_and_starts_a_new_one(cast, cracks):
    first = skill_grant(by=cast.one.domain_expert, person=cast.one.operator, skill=cracks)
    second = skill_grant(by=cast.one.quality_engineer, person=cast.one.operator, skill=cracks)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert second.ended_at is None
    assert PersonSkill.objects.filter(person=cast.one.operator, ended_at=None).count() == 1


def test_a_skill_that_expired_does_not_count(cast, cracks):
    skill_grant(by=cast.one.domain_expert, person=cast.one.operator, skill=cracks)
    PersonSkill.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not skilled(person=cast.one.operator, skill="cracks")


def test_an_expert_of_another_line_is_refused(cast, cracks, recorded):
    with pytest.raises(NotAllowed):
        skill_grant(by=cast.two.domain_expert, person=cast.one.operator, skill=cracks)
    assert recorded() == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ML_ENGINEER, Role.AUDITOR])
def test_a_role_without_the_right_is_refused(cast, cracks, role):
    with pytest.raises(NotAllowed):
        skill_grant(by=cast.one.having(role), person=cast.two.operator, skill=cracks)


def test_nobody_confirms_a_skill_of_their_own(cast, cracks):
    with pytest.raises(NotAllowed, match="colleague"):
        skill_grant(by=cast.one.domain_expert, person=cast.one.domain_expert, skill=cracks)


def test_somebody_who_works_at_two_sites_is_confirmed_by_an_expert_of_either(cast, cracks, other_site):
    expert = Person.objects.get(pk=cast.stranger.pk)
    now = timezone.now()
    RoleAssignment.objects.create(person=expert, role=Role.DOMAIN_EXPERT, site=other_site, granted_at=now)
    RoleAssignment.objects.create(
        person=cast.one.operator, role=Role.OPERATOR, site=other_site, granted_at=now
    )
    assert skill_grant(by=expert, person=Person.objects.get(pk=cast.one.operator.pk), skill=cracks)


def test_a_date_in_the_past_is_refused(cast, cracks):
    with pytest.raises(WrongDate):
        skill_grant(
            by=cast.one.domain_expert,
            person=cast.one.operator,
            skill=cracks,
            expires_at=timezone.now() - timedelta(days=1),
        )


def test_who_left_gets_no_skill(cast, cracks):
    Person.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    with pytest.raises(AlreadyEnded):
        skill_grant(by=cast.whole.administrator, person=Person.objects.get(pk=cast.stranger.pk), skill=cracks)


def test_a_skill_ends_once(cast, cracks, recorded):
    held = skill_grant(by=cast.one.domain_expert, person=cast.one.operator, skill=cracks)
    skill_end(by=cast.one.quality_engineer, held=held)
    assert not skilled(person=cast.one.operator, skill="cracks")
    with pytest.raises(AlreadyEnded):
        skill_end(by=cast.one.quality_engineer, held=held)
    assert recorded() == ["plant.skill.granted", "plant.skill.ended"]
