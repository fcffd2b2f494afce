"""A session that ends in the middle of a form: what was typed comes back, to its person alone, unsent."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mlops_portal.foundation.shell.pages import kept_input
from mlops_portal.foundation.shell.pages.kept_input import MARK, is_secret, mark_of
from monitoring.models import ProcessChange
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
FORM = "/runs/new/"


def marked(person, **more):
    return {MARK: mark_of(person), **more}


def sent(client, person, path=FORM, **more):
    """A form that was open when the session ended."""
    headers = {"Referer": f"http://testserver{more.pop('page', path)}", **more.pop("headers", {})}
    return client.post(path, marked(person, **more), headers=headers)


def name_in(answer):
    after = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    assert after.startswith("/typed/")
    return after.split("/")[2]


def sign_in(client, person, after):
    return client.post("/sign-in/", {"login": person.username, "password": PASSWORD, "next": after})


def test_every_form_says_whose_it_is_and_no_form_of_a_stranger_does(cast, client_for, client):
    page = client_for(cast.whole.ml_engineer).get(FORM).content.decode()
    assert mark_of(cast.whole.ml_engineer) in page
    assert MARK not in client.get("/sign-in/").content.decode()


def test_who_signs_in_again_finds_the_form_filled_and_nothing_was_sent(cast, client):
    person = cast.whole.ml_engineer
    answer = sent(client, person, reason="The tool is worn.\nTwice.", start="1")
    name = name_in(answer)
    assert "What you typed is kept" in client.get(answer["Location"]).content.decode()
    back = client.get(sign_in(client, person, f"/typed/{name}/")["Location"])
    assert back["Location"] == f"{FORM}?typed={name}"
    page = client.get(back["Location"]).content.decode()
    kept = json.loads(re.search(r'id="typed-data" type="application/json">(.*?)</script>', page)[1])
    assert kept["action"] == FORM
    assert ["reason", "The tool is worn.\nTwice."] in kept["fields"]
    assert "js/typed.js" in page
    from labeling.models import RetrainRun

    assert not RetrainRun.objects.exists()


def test_after_it_was_sent_nothing_is_kept_any_more(cast, client, client_for):
    person = cast.whole.ml_engineer
    name = name_in(sent(client, person, reason="seen"))
    browser = client_for(person)
    browser.post("/notifications/read/", {"typed": name})
    assert kept_input.kept_for(person, name) is None


def test_somebody_else_who_signs_in_gets_nothing_and_it_is_dropped(cast, client, client_for):
    person, other = cast.whole.ml_engineer, cast.one.operator
    name = name_in(sent(client, person, reason="Mine alone"))
    browser = client_for(other)
    assert browser.get(f"/typed/{name}/", follow=True).content.decode().count("Mine alone") == 0
    assert kept_input.kept_for(person, name) is None


def test_the_address_with_anothers_name_shows_nothing_of_theirs(cast, client, client_for):
    name = name_in(sent(client, cast.whole.ml_engineer, reason="Mine alone"))
    page = client_for(cast.whole.domain_expert).get(f"/alerts/?typed={name}").content.decode()
    assert "Mine alone" not in page


def test_passwords_codes_and_tokens_are_never_kept(cast, client):
    person = cast.whole.ml_engineer
    given = {"password": "hush-1", "code": "123456", "csrfmiddlewaretoken": "hush-2", "envelope": "hush-3"}
    name = name_in(sent(client, person, reason="seen", **given))
    kept = kept_input.kept_for(person, name)
    assert [one for one, _value in kept.fields] == ["reason"]
    assert kept.secret


@pytest.mark.parametrize(
    "name", ["password1", "old_password", "oldpassword", "one-time-code", "apiToken", "PIN"]
)
def test_what_is_secret_is_known_by_its_name(name):
    assert is_secret(name)


@pytest.mark.parametrize("name", ["reason", "comment", "pinion", "passes", "barcode", "encoded", "columns"])
def test_what_is_no_secret_is_kept(name):
    assert not is_secret(name)


def test_what_lies_in_the_cache_cannot_be_read_there(cast, client):
    name = name_in(sent(client, cast.whole.ml_engineer, reason="Nobody reads this in the broker"))
    raw = cache.get(kept_input._place(name))
    assert b"Nobody reads" not in raw
    assert name not in kept_input._place(name)


def test_files_are_said_to_be_chosen_again(cast, client, client_for):
    person = cast.whole.ml_engineer
    file = SimpleUploadedFile("rows.csv", b"a,b\n1,2\n")
    name = name_in(sent(client, person, reason="With a file", file=file))
    page = client_for(person).get(f"{FORM}?typed={name}").content.decode()
    assert "Choose the files again" in page


def test_what_is_too_large_is_not_kept_and_that_is_said(cast, client):
    answer = sent(client, cast.whole.ml_engineer, reason="x" * (kept_input.LARGEST + 1))
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [FORM]
    assert "nothing was saved" in client.get(answer["Location"]).content.decode()


def test_nobody_fills_the_cache(cast, client):
    answers = [sent(client, cast.whole.ml_engineer, reason=str(n)) for n in range(kept_input.MOST + 1)]
    assert "typed" in answers[-2]["Location"]
    assert "typed" not in answers[-1]["Location"]


def test_a_form_with_a_false_mark_keeps_nothing(cast, client):
    forged = f"{cast.whole.ml_engineer.pk}:forged"
    answer = client.post(FORM, {MARK: forged, "reason": "x"})
    assert "typed" not in answer["Location"]


def test_a_form_that_goes_to_an_address_without_a_page_comes_back_on_its_page(cast, client, client_for):
    person = cast.whole.domain_expert
    name = name_in(
        sent(client, person, path="/demo/on/", page="/demo/?machine=mill-5&typed=old", strength="3")
    )
    assert kept_input.kept_for(person, name).page == "/demo/?machine=mill-5"


def test_a_browser_that_says_no_page_is_led_to_the_one_above(cast, client):
    answer = client.post("/demo/on/", marked(cast.whole.domain_expert, strength="3"))
    kept = kept_input.kept_for(cast.whole.domain_expert, name_in(answer))
    assert kept.page == "/demo/"


def test_a_page_elsewhere_is_never_gone_back_to(cast, client):
    answer = sent(client, cast.whole.ml_engineer, headers={"Referer": "https://elsewhere.example/runs/new/"})
    assert kept_input.kept_for(cast.whole.ml_engineer, name_in(answer)).page == FORM


def test_a_form_that_htmx_sends_leads_to_signing_in_with_what_was_typed(cast, client):
    page = "http://testserver/runs/new/"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    answer = client.post("/undo/", marked(cast.whole.ml_engineer, reason="by htmx"), headers=headers)
    assert answer.status_code == 401
    name = parse_qs(urlsplit(answer["HX-Redirect"]).query)["next"][0].split("/")[2]
    kept = kept_input.kept_for(cast.whole.ml_engineer, name)
    assert (kept.page, kept.action) == (FORM, "/undo/")


def test_a_form_that_is_older_than_the_same_persons_new_sign_in_comes_back_filled(cast):
    person = cast.whole.ml_engineer
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    answer = sent(browser, person, reason="from the other tab", csrfmiddlewaretoken="a" * 64)
    assert answer.status_code == 302
    name = parse_qs(urlsplit(answer["Location"]).query)["typed"][0]
    assert ["reason", "from the other tab"] in kept_input.kept_for(person, name).fields


def test_a_form_of_somebody_else_is_refused_and_not_kept(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.one.operator)
    answer = sent(browser, cast.whole.ml_engineer, reason="not yours", csrfmiddlewaretoken="a" * 64)
    assert answer.status_code == 403


def test_it_can_be_dropped(cast, client, client_for):
    person = cast.whole.ml_engineer
    name = name_in(sent(client, person, reason="never mind"))
    assert client_for(person).post(f"/typed/{name}/")["Location"] == FORM
    assert kept_input.kept_for(person, name) is None


def test_a_program_is_told_that_it_is_not_signed_in_and_nothing_is_kept(cast, client):
    answer = client.post(FORM, marked(cast.whole.ml_engineer), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert not ProcessChange.objects.exists()
