"""The top bar, by role."""

import pytest
from django.test import RequestFactory

from mlops_portal.foundation.shell.registries import navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


@pytest.fixture(autouse=True)
def _items(registers):
    navigation.ITEMS.things.clear()
    navigation.register(NavItem("notices", "Notices", "notifications", 2, lambda person: True))
    navigation.register(NavItem("home", "Home", "home", 1, lambda person: True))
    navigation.register(NavItem("find", "Find", "search", 3, lambda person: person.may("people.view")))


def shown(person, path="/"):
    request = RequestFactory().get(path)
    request.user = person
    return navigation.items_for(request)


def test_items_stand_in_order_and_by_role(cast):
    assert [item.key for item in shown(cast.one.operator)] == ["home", "notices"]
    assert [item.key for item in shown(cast.one.auditor)] == ["home", "notices", "find"]


@pytest.mark.parametrize(
    ("path", "active"), [("/", "home"), ("/notifications/preferences/", "notices"), ("/elsewhere", None)]
)
def test_the_item_that_the_page_lies_below_is_active(cast, path, active):
    assert [item.key for item in shown(cast.one.operator, path) if item.active] == (
        [active] if active else []
    )


def placed(*labels, active=None):
    return navigation.placed([navigation.Shown(label, label, "/", label == active) for label in labels])


MANY = ["Judge parts", "Alerts", "Changes", "Golden samples", "Models", "Training", "Approvals", "Plant"]


def test_what_has_no_room_goes_from_the_right_as_the_window_narrows():
    steps = [item.step for item in placed(*MANY, "Releases", "People", "Demo plant")]
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert steps[-1] == navigation.NEVER


def test_the_active_item_stands_in_the_bar_at_every_width_and_the_others_make_room():
    before, after = placed(*MANY), placed(*MANY, active="Plant")
    assert after[-1].step == 0
    assert all(new.step >= old.step for old, new in zip(before[:-1], after[:-1], strict=True))


def test_few_items_need_no_menu():
    assert navigation.more_until(placed("Home", "Plant")) == 0
    assert navigation.more_until([]) == 0
