"""Take back what was just done."""

import pytest
from django.core import signing

from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


@pytest.fixture
def undone(registers):
    done = []

    def inverse(*, by, thing):
        if thing in done:
            raise Conflict("This was taken back already.")
        done.append(thing)

    undo.register("test.thing", inverse)
    return done


@pytest.fixture
def person(cast):
    return cast.one.operator


@pytest.fixture
def browser(person, client_for):
    client = client_for(person)
    client.raise_request_exception = False
    return client


def press(browser, token, **more):
    return browser.post("/undo/", {"token": token, **more})


def test_pressing_undo_runs_the_inverse_and_goes_back(browser, person, undone):
    token = undo.token(by=person, name="test.thing", thing=7)
    answer = press(browser, token, next="/notifications/")
    assert undone == [7]
    assert answer.url == "/notifications/"


def test_a_second_press_meets_the_inverse_s_own_error(browser, person, undone):
    token = undo.token(by=person, name="test.thing", thing=7)
    press(browser, token)
    assert press(browser, token).status_code == 409
    assert undone == [7]


def test_another_person_cannot_undo(cast, person, client_for, undone):
    token = undo.token(by=person, name="test.thing", thing=7)
    assert press(client_for(cast.stranger), token).status_code == 403
    with pytest.raises(NotAllowed):
        undo.run(by=cast.stranger, token=token)
    assert undone == []


def test_after_ten_minutes_it_is_too_late(person, undone, monkeypatch):
    token = undo.token(by=person, name="test.thing", thing=7)
    monkeypatch.setattr(undo, "SECONDS", -1)
    with pytest.raises(undo.TooLate):
        undo.run(by=person, token=token)
    assert undone == []


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", signing.dumps(["test.thing", "1", {}], salt="other")],
    ids=["empty", "nonsense", "of another salt"],
)
def test_what_we_did_not_sign_is_refused(browser, person, undone, token):
    assert press(browser, token).status_code == 422
    with pytest.raises(Invalid):
        undo.run(by=person, token=token)
    assert undone == []


def test_an_unknown_inverse_is_a_fault_of_ours(person):
    with pytest.raises(KeyError):
        undo.token(by=person, name="nothing")


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_undo_leads_to_no_other_site(browser, person, undone, outside):
    assert press(browser, undo.token(by=person, name="test.thing", thing=1), next=outside).url == "/"


def test_undo_is_a_post_of_somebody_signed_in(client, browser, undone):
    assert browser.get("/undo/").status_code == 405
    assert client.post("/undo/", {"token": "x"}).status_code == 302
    assert undone == []
