"""The top bar, by role."""

import pytest
from django.test import RequestFactory

from mlops_portal.shell import navigation
from mlops_portal.shell.navigation import NavItem

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
