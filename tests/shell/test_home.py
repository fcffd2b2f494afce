"""The home page: what do you need from me now."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from mlops_portal.foundation.wire.errors import Unavailable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


@pytest.fixture(autouse=True)
def _only_ours(registers):
    cards.CARDS.things.clear()


@pytest.fixture
def browser(cast, client_for):
    return client_for(cast.one.operator)


def a_card(key="parts", order=1, context=lambda request: {}, visible=lambda person: True, floor=True, **more):
    cards.register(Card(key, order, "shell/_problem.html", visible, context, floor=floor, **more))


def sentence(words):
    return lambda request: {"sentence": words}


def test_cards_stand_in_their_order(browser):
    a_card("second", 2, sentence("then this"))
    a_card("first", 1, sentence("first that"))
    text = browser.get("/").content.decode()
    assert text.index("first that") < text.index("then this")


def test_a_person_sees_only_the_cards_that_are_theirs(browser, cast, client_for):
    a_card(
        context=sentence("for the office"),
        visible=lambda person: person.may("people.view"),
    )
    assert "for the office" not in browser.get("/").content.decode()
    assert "for the office" in client_for(cast.one.quality_engineer).get("/").content.decode()


def test_a_card_is_fetched_again_on_its_own_topics(browser, cast):
    a_card(context=sentence("three parts"), topics=("labels", "person:{person}"))
    part = browser.get("/cards/parts/").content.decode()
    own = cast.one.operator.pk
    assert "three parts" in part
    assert f'data-live="labels person:{own}"' in part
    assert f'hx-trigger="live:labels from:body, live:person:{own} from:body"' in part


def test_a_card_of_somebody_else_is_not_there(browser):
    a_card(visible=lambda person: False)
    assert browser.get("/cards/parts/").status_code == 404
    assert browser.get("/cards/nothing/").status_code == 404


def test_who_only_operates_comes_home_to_what_is_for_the_floor(browser, cast, client_for):
    a_card(context=sentence("for the office"), floor=False)
    assert "for the office" not in browser.get("/").content.decode()
    assert "for the office" in client_for(cast.one.domain_expert).get("/").content.decode()


def test_an_empty_home_says_what_will_come(browser, cast, client_for):
    assert "will come here by itself" in browser.get("/").content.decode()
    assert "You have no role yet" in client_for(cast.stranger).get("/").content.decode()


def test_a_card_that_fails_leaves_the_rest_in_peace(browser):
    def broken(request):
        raise ZeroDivisionError

    def down(request):
        raise Unavailable("MLflow does not answer; its models come back with it.")

    a_card("broken", 1, broken)
    a_card("down", 2, down)
    a_card("sound", 3, sentence("all is well"))
    text = browser.get("/").content.decode()
    assert "could not be shown" in text
    assert "MLflow does not answer" in text
    assert "all is well" in text


def test_without_a_database_the_whole_page_says_so(browser):
    def broken(request):
        raise OperationalError

    a_card(context=broken)
    assert browser.get("/").status_code == 503


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.url.endswith("?next=/")


def test_a_part_of_a_page_does_not_swallow_the_sign_in_page(client):
    answer = client.get("/cards/parts/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Retarget"] == "#messages"


def test_home_cannot_be_posted_to(browser):
    assert browser.post("/").status_code == 405


def test_a_key_is_taken_once():
    a_card()
    with pytest.raises(ImproperlyConfigured, match="parts"):
        a_card()


def test_home_with_three_cards_asks_the_database_little(browser, django_assert_max_num_queries):
    def lines(request):
        return {"sentence": str(list(Line.objects.all()))}

    for number in range(3):
        a_card(f"card-{number}", number, lines)
    browser.get("/")
    with django_assert_max_num_queries(8) as asked:
        browser.get("/")
    assert len(asked) >= 3
