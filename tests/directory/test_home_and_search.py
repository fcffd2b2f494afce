"""What the directory puts onto the home page and into the search field."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.plant.models import Shift
from mlops_portal.foundation.plant.services.skills import skill_grant
from mlops_portal.foundation.shell.registries.cards import cards_for, home_of
from mlops_portal.foundation.shell.registries.search import find


def shown(person) -> set[str]:
    return {card.key for card in cards_for(person) if card.key.startswith("directory-")}


def test_each_role_gets_its_own_cards(world):
    team = world.cast.whole
    assert shown(team.operator) == {"directory-shift", "directory-account"}
    assert shown(team.domain_expert) == {"directory-skills", "directory-account"}
    assert shown(team.administrator) == {
        "directory-skills",
        "directory-invitations",
        "directory-nodes",
        "directory-account",
    }


def test_the_home_of_who_only_operates_shows_what_is_for_the_floor_alone(world):
    assert [card.key for card in home_of(world.cast.whole.operator)] == ["labeling-needed"]
    expert = world.cast.whole.domain_expert
    assert home_of(expert) == cards_for(expert)


def test_the_operator_reads_which_shift_runs_and_how_long(world, client_for):
    Shift.objects.all().delete()
    now = timezone.now()
    Shift.objects.create(
        site=world.other_site,
        name="All day",
        starts=(now.astimezone(_zone(world)) - timedelta(hours=1)).time().replace(second=0, microsecond=0),
        ends=(now.astimezone(_zone(world)) + timedelta(hours=3)).time().replace(second=0, microsecond=0),
    )
    text = client_for(world.elsewhere.operator).get("/cards/directory-shift/").content.decode()
    assert "All day until" in text
    assert "left" in text
    assert "Line 9" in text


def _zone(world):
    from zoneinfo import ZoneInfo

    return ZoneInfo(world.other_site.time_zone)


def test_skills_that_end_within_thirty_days_are_shown_to_who_confirms_there(world, client_for):
    admin = world.cast.whole.administrator
    soon = timezone.now() + timedelta(days=10)
    skill_grant(by=admin, person=world.worker, skill=world.skill, expires_at=soon)
    for person, seen in ((world.cast.one.domain_expert, True), (world.cast.two.domain_expert, False)):
        text = client_for(person).get("/cards/directory-skills/").content.decode()
        assert ("Wanda Worker" in text) is seen


def test_the_home_of_every_role_costs_few_queries(world, client_for, django_assert_max_num_queries):
    for role in ("operator", "administrator", "domain_expert"):
        client = client_for(getattr(world.cast.whole, role))
        with django_assert_max_num_queries(30):
            assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("words", "source"), [("wanda", "people"), ("press", "assets"), ("line 1", "lines"), ("node-2", "nodes")]
)
def test_search_finds_people_and_places(world, words, source):
    found = {one.source.key for one in find(world.cast.whole.administrator, words)}
    assert source in found


def test_search_finds_nothing_that_one_may_not_see(world):
    assert find(world.cast.two.operator, "press") == []
    assert find(world.cast.one.operator, "wanda") == []
    assert find(world.cast.stranger, "line") == []
