"""Every address that takes only what forms send shows our page, with a way to where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from mlops_portal.foundation.shell.pages.next_page import page_above, shows_a_page

pytestmark = pytest.mark.django_db
UUID = "147401c6-6ff3-47d9-8165-63591fa9e0b2"  # fixed: every worker collects the same tests
SAMPLE = {"int": "1", "uuid": UUID, "slug": "one", "str": "one", "path": "one"}
KEPT = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.|\([^()]*\))*)\)")


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """An address for every pattern of the portal."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        elif isinstance(one, URLPattern):
            yield "/" + filled(route)


def filled(route: str) -> str:
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda kind: SAMPLE[kind[1] or "str"], route)
    while KEPT.search(route):
        route = KEPT.sub(lambda kept: SAMPLE["uuid"] if "0-9a-f-" in kept[2] else "1", route)
    return route.removesuffix("\\Z").removesuffix("$").replace("\\.", ".").replace("\\", "")


def only_posted() -> list[str]:
    found = []
    for path in sorted(set(routes(get_resolver()))):
        try:
            view = resolve(path).func
        except Resolver404:
            continue
        if not path.startswith("/api/") and not shows_a_page(view):
            found.append(path)
    return found


def test_the_portal_has_such_addresses():
    assert len(only_posted()) > 40


@pytest.mark.parametrize("who", ["administrator", "nobody"])
def test_looking_at_an_address_that_takes_only_posts_shows_our_page_and_a_way_on(
    cast, client_for, client, who
):
    browser = client if who == "nobody" else client_for(cast.whole.administrator)
    bare: list[Any] = []
    for path in only_posted():
        answer = browser.get(path)
        text = answer.content.decode()
        way = re.search(r'<a class="button button-primary" href="([^"]+)"', text)
        good = answer.status_code == 405 and "POST" in answer["Allow"] and "<h1>" in text and way
        if not good or not shows_a_page(resolve(way[1]).func):
            bare.append((path, answer.status_code, way and way[1]))
    assert bare == []


def test_no_address_answers_a_wrong_method_with_an_empty_page(cast, client_for):
    browser = client_for(cast.whole.administrator)
    empty = []
    for path in sorted(set(routes(get_resolver()))):
        answer = browser.delete(path)
        if answer.status_code == 405 and (not answer.content or "Allow" not in answer):
            empty.append(path)
    assert empty == []


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/releases/5/pause/", "/releases/5/"),
        ("/demo/3/off/", "/demo/"),
        ("/nothing/at/all/", "/"),
        (f"/approvals/{SAMPLE['uuid']}/submit/", f"/approvals/{SAMPLE['uuid']}/"),
    ],
)
def test_what_belongs_to_a_page_leads_to_it(path, above):
    assert page_above(path) == above


def test_a_program_gets_a_problem_with_the_methods_that_are_allowed(cast, client_for):
    answer = client_for(cast.whole.administrator).get("/demo/on/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.json()["belongs"] == "/demo/"
