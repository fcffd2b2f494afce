"""Notices in the page."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from mlops_portal.foundation.shell.models import Delivery, Notification
from mlops_portal.foundation.shell.notices.notifications import notification_preference_set, notify
from mlops_portal.foundation.shell.registries import kinds
from mlops_portal.foundation.shell.registries.kinds import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


@pytest.fixture(autouse=True)
def _kinds(registers):
    kinds.register(Kind("alert", "Alerts"))
    kinds.register(Kind("loud", "Loud", mail=True, webhook=True))


@pytest.fixture
def person(cast):
    return cast.one.operator


@pytest.fixture
def browser(person, client_for):
    return client_for(person)


def tell(*people, kind="alert", message="{asset} needs you", **more):
    return notify(to=people, kind=kind, message=message, url="/search?q=press", asset="Press 1", **more)


def test_each_is_told_once(cast, person):
    tell(person, cast.two.operator, person)
    assert Notification.objects.count() == 2


def test_who_left_is_not_told(person):
    person.is_active = False
    assert tell(person) == []


def test_the_text_is_in_the_reader_s_language_when_it_is_read(person):
    row = notify(to=[person], kind="alert", message="Home")[0]
    with translation.override("en"):
        assert row.text == "Home"
    row.message, row.params = "{asset} and {more}", {"asset": "Press"}
    assert row.text == "{asset} and {more}"


def test_a_text_that_was_translated_already_is_refused(person):
    with pytest.raises(TypeError, match="gettext_noop"):
        notify(to=[person], kind="alert", message=gettext_lazy("Home"))  # type: ignore[arg-type]  # the point


def test_an_unknown_kind_is_refused(person):
    with pytest.raises(KeyError):
        tell(person, kind="nothing")


def test_the_bell_counts_what_is_new(browser, person):
    assert "none new" in browser.get("/notifications/bell/").content.decode()
    tell(person)
    tell(person)
    bell = browser.get("/notifications/bell/").content.decode()
    assert "2 new notices" in bell
    assert f"live:person:{person.pk} from:body" in bell


def test_the_page_shows_what_is_new_and_on_request_all(browser, person):
    tell(person)
    assert "Press 1 needs you" in browser.get("/notifications/").content.decode()
    browser.post("/notifications/read/")
    assert "Press 1 needs you" not in browser.get("/notifications/").content.decode()
    assert "Press 1 needs you" in browser.get("/notifications/?show=all").content.decode()


def test_reading_one_can_be_undone(browser, person):
    rows = [tell(person)[0] for _ in range(2)]
    page = browser.post(f"/notifications/{rows[0].pk}/read/", follow=True)
    assert Notification.objects.filter(read_at=None).get() == rows[1]
    tags = [message.extra_tags for message in page.context["messages"]]
    token = tags[0].removeprefix("undo:")
    browser.post("/undo/", {"token": token})
    assert Notification.objects.filter(read_at=None).count() == 2


def test_undo_brings_back_only_what_that_click_had_read(browser, person):
    rows = [tell(person)[0] for _ in range(2)]
    browser.post(f"/notifications/{rows[0].pk}/read/", follow=True)
    page = browser.post("/notifications/read/", follow=True)
    token = next(message.extra_tags for message in page.context["messages"]).removeprefix("undo:")
    browser.post("/undo/", {"token": token})
    assert Notification.objects.filter(read_at=None).get() == rows[1]


def test_reading_again_changes_nothing(browser, person):
    row = tell(person)[0]
    browser.post(f"/notifications/{row.pk}/read/")
    row.refresh_from_db()
    first = row.read_at
    browser.post(f"/notifications/{row.pk}/read/")
    row.refresh_from_db()
    assert row.read_at == first


def test_opening_one_reads_it_and_goes_there(browser, person):
    row = tell(person)[0]
    answer = browser.post(f"/notifications/{row.pk}/open/")
    assert answer.url == "/search?q=press"
    row.refresh_from_db()
    assert row.read_at


def test_an_address_outside_is_not_followed(browser, person):
    row = notify(to=[person], kind="alert", message="x", url="https://evil.example/")[0]
    assert browser.post(f"/notifications/{row.pk}/open/").url == "/notifications/"


@pytest.mark.parametrize("verb", ["read", "open"])
def test_a_stranger_gets_nothing_and_changes_nothing(cast, client_for, person, verb):
    row = tell(person)[0]
    stranger = client_for(cast.stranger)
    assert "Press 1" not in stranger.get("/notifications/?show=all").content.decode()
    assert stranger.post(f"/notifications/{row.pk}/{verb}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_reading_by_get_is_refused(browser, person):
    row = tell(person)[0]
    assert browser.get(f"/notifications/{row.pk}/read/").status_code == 405
    assert browser.get("/notifications/read/").status_code == 405


def test_older_notices_are_one_click_away(browser, person):
    for number in range(60):
        notify(to=[person], kind="alert", message="Notice {number}.", number=number)
    first = browser.get("/notifications/")
    assert "Notice 59." in first.content.decode()
    assert "Notice 9." not in first.content.decode()
    older = browser.get(f"/notifications/?before={first.context['older']}").content.decode()
    assert "Notice 9." in older
    assert "Notice 10." not in older
    assert browser.get("/notifications/?before=nonsense").status_code == 200


def test_the_live_part_is_the_list_alone(browser, person):
    tell(person)
    part = browser.get("/notifications/", headers={"HX-Request": "true", "HX-Target": "notices"})
    assert "Press 1 needs you" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_a_kind_that_shall_not_ring_is_kept_but_silent(browser, person):
    notification_preference_set(by=person, kind="alert", page=False, mail=False, webhook=False)
    tell(person)
    assert "none new" in browser.get("/notifications/bell/").content.decode()
    assert "Press 1 needs you" in browser.get("/notifications/?show=all").content.decode()


def test_choices_are_kept_and_shown(browser, person):
    answer = browser.post("/notifications/preferences/", {"alert.mail": "on", "loud.page": "on"})
    assert answer.status_code == 302
    page = browser.get("/notifications/preferences/").content.decode()
    assert 'name="alert.mail" checked' in page
    assert 'name="alert.page" checked' not in page
    tell(person)
    tell(person, kind="loud")
    assert [one.route for one in Delivery.objects.all()] == ["mail"]


def test_who_is_told_what_costs_the_same_for_one_and_for_many(cast, django_assert_max_num_queries):
    people = [
        cast.one.operator,
        cast.one.domain_expert,
        cast.one.quality_engineer,
        cast.one.ml_engineer,
        cast.two.operator,
    ]
    with django_assert_max_num_queries(8):
        tell(*people, kind="loud")
