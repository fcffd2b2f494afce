"""Giving and ending roles."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from mlops_portal.foundation.plant.errors import (
    AlreadyEnded,
    AlreadyHeld,
    LastAdministrator,
    WrongDate,
    WrongPlace,
)
from mlops_portal.foundation.plant.models import Person, RoleAssignment
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.roles import role_end, role_grant
from mlops_portal.foundation.wire.errors import NotAllowed


def fresh(person: Person) -> Person:
    """As the next request would load the person."""
    return Person.objects.get(pk=person.pk)


def test_the_site_s_administrator_gives_a_role_and_it_is_recorded(cast, recorded):
    given = role_grant(
        by=cast.whole.administrator,
        person=cast.stranger,
        role=Role.OPERATOR,
        site=cast.site,
        line=cast.line_1,
    )
    assert given.granted_by == cast.whole.administrator
    assert fresh(cast.stranger).may("plant.view", line=cast.line_1)
    assert not fresh(cast.stranger).may("plant.view", line=cast.line_2)
    assert recorded() == ["plant.role.granted"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_gives_roles(cast, role, recorded):
    with pytest.raises(NotAllowed):
        role_grant(by=cast.whole.having(role), person=cast.stranger, role=Role.AUDITOR, site=cast.site)
    assert recorded() == []


def test_the_administrator_of_one_line_gives_no_roles(cast):
    with pytest.raises(NotAllowed, match="whole site"):
        role_grant(
            by=cast.one.administrator,
            person=cast.stranger,
            role=Role.OPERATOR,
            site=cast.site,
            line=cast.line_1,
        )


def test_the_administrator_of_another_site_gives_no_roles(cast, other_site):
    with pytest.raises(NotAllowed):
        role_grant(by=cast.whole.administrator, person=cast.stranger, role=Role.OPERATOR, site=other_site)


def test_a_line_of_another_site_is_refused(cast, other_site):
    with pytest.raises(WrongPlace):
        role_grant(
            by=cast.whole.administrator,
            person=cast.stranger,
            role=Role.OPERATOR,
            site=cast.site,
            line=other_site.lines.get(),
        )


def test_the_same_role_at_the_same_place_is_given_once(cast, recorded):
    with pytest.raises(AlreadyHeld):
        role_grant(by=cast.whole.administrator, person=cast.whole.auditor, role=Role.AUDITOR, site=cast.site)
    assert recorded() == []


def test_a_role_ends_by_its_date_and_can_then_be_given_again(cast):
    first = role_grant(
        by=cast.whole.administrator,
        person=cast.stranger,
        role=Role.AUDITOR,
        site=cast.site,
        until=timezone.now() + timedelta(days=1),
    )
    RoleAssignment.objects.filter(pk=first.pk).update(until=timezone.now() - timedelta(minutes=1))
    assert not fresh(cast.stranger).may("log.view")
    role_grant(by=cast.whole.administrator, person=cast.stranger, role=Role.AUDITOR, site=cast.site)
    assert fresh(cast.stranger).may("log.view")


def test_a_role_that_would_end_in_the_past_is_refused(cast):
    with pytest.raises(WrongDate):
        role_grant(
            by=cast.whole.administrator,
            person=cast.stranger,
            role=Role.AUDITOR,
            site=cast.site,
            until=timezone.now() - timedelta(seconds=1),
        )


def test_who_left_gets_no_role(cast):
    Person.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    with pytest.raises(AlreadyEnded):
        role_grant(
            by=cast.whole.administrator,
            person=fresh(cast.stranger),
            role=Role.AUDITOR,
            site=cast.site,
        )


def test_a_role_ends_once(cast, recorded):
    held = RoleAssignment.objects.get(person=cast.one.operator)
    role_end(by=cast.whole.administrator, assignment=held)
    assert not fresh(cast.one.operator).may("plant.view", line=cast.line_1)
    with pytest.raises(AlreadyEnded):
        role_end(by=cast.whole.administrator, assignment=held)
    assert recorded() == ["plant.role.ended"]


def test_the_last_administrator_of_a_site_stays(cast, recorded):
    held = RoleAssignment.objects.get(person=cast.whole.administrator)
    with pytest.raises(LastAdministrator):
        role_end(by=cast.whole.administrator, assignment=held)
    held.refresh_from_db()
    assert held.ended_at is None
    assert recorded() == []


def test_an_administrator_whose_role_ran_out_does_not_count(cast):
    role_grant(
        by=cast.whole.administrator,
        person=cast.stranger,
        role=Role.ADMINISTRATOR,
        site=cast.site,
        until=timezone.now() + timedelta(days=1),
    )
    RoleAssignment.objects.filter(person=cast.stranger).update(until=timezone.now() - timedelta(minutes=1))
    with pytest.raises(LastAdministrator):
        role_end(
            by=cast.whole.administrator,
            assignment=RoleAssignment.objects.get(person=cast.whole.administrator),
        )


def test_the_administrator_of_one_line_may_go_at_any_time(cast):
    role_end(
        by=cast.whole.administrator, assignment=RoleAssignment.objects.get(person=cast.one.administrator)
    )


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_at_once_leave_one():
    from tests.cast import make_cast

    cast = make_cast()
    first = cast.whole.administrator
    role_grant(by=first, person=cast.stranger, role=Role.ADMINISTRATOR, site=cast.site)
    second = fresh(cast.stranger)
    start, outcomes = Barrier(2), []

    def end(by: Person, whose: Person) -> None:
        assert by.may("role.grant", site=cast.site)
        held = RoleAssignment.objects.get(person=whose)
        start.wait(timeout=10)
        try:
            role_end(by=by, assignment=held)
            outcomes.append("ended")
        except LastAdministrator:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=end, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["ended", "refused"]
