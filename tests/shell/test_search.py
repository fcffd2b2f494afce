"""One search field over everything."""

import pytest

from mlops_portal.foundation.shell.registries import search
from mlops_portal.foundation.shell.registries.search import Hit, Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


@pytest.fixture(autouse=True)
def _sources(registers):
    search.SOURCES.things.clear()
    search.register(
        Source("parts", "Parts", lambda person: True, lambda person, query, limit: hits(query, 3))
    )
    search.register(
        Source(
            "people",
            "People",
            lambda person: person.may("people.view"),
            lambda person, query, limit: [Hit("Petra", "", "/people/1")],
        )
    )


def hits(query, count):
    return [Hit(f"{query} {number}", "a <part>", f"/parts/{number}", "label") for number in range(count)]


@pytest.fixture
def browser(cast, client_for):
    return client_for(cast.one.operator)


def test_hits_come_grouped_and_only_from_what_the_person_may_see(browser, cast, client_for):
    text = browser.get("/search", {"q": "20611"}).content.decode()
    assert 'href="/parts/0"' in text
    assert "a &lt;part&gt;" in text
    assert "Petra" not in text
    assert "Petra" in client_for(cast.one.auditor).get("/search", {"q": "20611"}).content.decode()


def test_as_one_types_only_the_hits_are_sent(browser):
    answer = browser.get("/search", {"q": "206"}, headers={"HX-Request": "true", "HX-Target": "results"})
    assert "206 0" in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("query", ["", " ", "x"])
def test_too_few_letters_ask_nobody(browser, query):
    text = browser.get("/search", {"q": query}).content.decode()
    assert "two letters or more" in text


def test_nothing_found_says_so_and_is_safe(browser):
    search.SOURCES.things.clear()
    text = browser.get("/search", {"q": "<script>"}).content.decode()
    assert "Nothing is called" in text
    assert "<script>“" not in text
    assert "&lt;script&gt;" in text


def test_a_source_that_fails_is_named_and_the_others_answer(browser):
    def broken(person, query, limit):
        raise ZeroDivisionError

    search.register(Source("models", "Models", lambda person: True, broken))
    text = browser.get("/search", {"q": "206"}).content.decode()
    assert "206 0" in text
    assert "could not be searched" in text


def test_a_source_that_sends_too_much_is_cut(cast):
    search.register(Source("much", "Much", lambda person: True, lambda *asked: hits("x", 1000)))
    found = {one.source.key: one for one in search.find(cast.one.operator, "xx")}
    assert len(found["much"].hits) == search.PER_SOURCE


def test_very_long_questions_are_cut(cast):
    seen = []

    def ear(person, query, limit):
        seen.append(query)
        return []

    search.register(Source("ear", "Ear", lambda person: True, ear))
    search.find(cast.one.operator, "x" * 5000)
    assert len(seen[0]) == search.LONGEST
