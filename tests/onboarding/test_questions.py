"""What the reader of a table guessed: said and answered on the page, by API and in the command alike."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import onboardings_all
from mlops_portal.above.onboarding.services.answering import onboarding_answer
from mlops_portal.above.onboarding.services.checking import check_ask
from mlops_portal.above.onboarding.services.describing import onboarding_describe
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.errors import AnswerUnfit

pytestmark = pytest.mark.django_db


def awkward() -> bytes:
    """A German export: dates that may be two, a stand-in, a word among numbers, a total, commas."""
    lines = ["Bericht Presse 4", "", "Datum;Teil;Temp [°C];Druck;Fehler", ";;°C;bar;"]
    for n in range(60):
        time, part, fault = f"{6 + n // 30:02d}:{n % 60:02d}", f"{1000 + 7 * n}.0", "riss" if n % 3 else "ok"
        lines.append(f"03/04/2026 {time};{part};{80 + n % 7},5;{n % 11},25;{fault}")
    lines.append("03/04/2026 08:01;5001.0;-999;1,5;ok")
    lines.append("03/04/2026 08:02;5002.0;kaputt;1,5;riss")
    lines.append("Summe;;81,5;;")
    return "\r\n".join(lines).encode("cp1252")


def fresh(one: Onboarding) -> Onboarding:
    return onboardings_all().get(pk=one.pk)


def waiting(one: Onboarding) -> dict[str, str]:
    return {each["key"]: each["taken"] for each in one.preview["guesses"] if each["blocking"]}


@pytest.fixture
def brought(bring):
    return bring(awkward(), target="Fehler")


def test_the_page_says_every_guess_and_answers_it_with_a_button(brought, engineer, client_for, work):
    client = client_for(engineer)
    page = client.get(f"/onboard/{brought.pk}/table/").content.decode()
    for words in (
        "What was guessed", "head of a report", "units or types", "taken as totals", "read as Europe/Berlin",
        "2026-04-03 with the day first, 2026-03-04 with the month first", "This waits for your answer.",
        "“kaputt” in row",
    ):  # fmt: skip
        assert words in page, words
    assert set(waiting(brought)) == {"date-order:Datum", "sentinel--999:Temp [°C]", "cells:Temp [°C]"}
    with work():
        said = {"key": "date-order:Datum", "value": "mdy"}
        assert client.post(f"/onboard/{brought.pk}/answer/", said).status_code == 302
    one = fresh(brought)
    assert one.state == "draft"
    time = next(each for each in one.schema["columns"] if each["role"] == "time")
    assert time["time_format"] == "mdy@Europe/Berlin"
    assert "date-order:Datum" not in waiting(one)
    assert Event.objects.filter(type="onboarding.answered").count() == 1


def test_what_waits_stands_in_the_way_until_it_is_answered_or_accepted(brought, engineer, client_for, work):
    client = client_for(engineer)
    with work():
        onboarding_describe(by=engineer, onboarding=brought, columns={"Fehler": {"role": "target"}})
        check_ask(by=engineer, onboarding=fresh(brought))
    one = fresh(brought)
    assert one.blocking == 3
    page = client.get(f"/onboard/{one.pk}/problems/").content.decode()
    assert "Take every guess" in page
    assert "Nothing was read: leave them empty" in page
    with work():
        client.post(f"/onboard/{one.pk}/answer/", {"accept": "1", "problems": "1"})
    assert (fresh(one).state, fresh(one).blocking) == ("checked", 0)


def test_what_was_said_of_columns_outlives_another_reading(brought, engineer, work):
    change = {"Druck": {"unit": "mbar"}, "Temp [°C]": {"role": "ignore"}}
    onboarding_describe(by=engineer, onboarding=brought, columns=change)
    with work():
        onboarding_answer(by=engineer, onboarding=fresh(brought), answers={"zone": "America/New_York"})
    columns = {each["name"]: each for each in fresh(brought).schema["columns"]}
    assert columns["Druck"]["unit"] == "mbar"
    assert columns["Temp [°C]"]["role"] == "ignore"
    assert columns["Datum"]["time_format"].endswith("@America/New_York")


def test_an_answer_to_no_question_and_a_zone_that_is_none_are_refused(brought, engineer):
    for answers in ({"weather": "fine"}, {"date-order:Datum": "ymd"}, {"zone": "Berlin"}):
        with pytest.raises(AnswerUnfit):
            onboarding_answer(by=engineer, onboarding=brought, answers=answers)
    assert fresh(brought).state == "draft"


def test_the_api_shows_and_answers_the_same_questions(brought, engineer, cast, client_for, work):
    client = client_for(engineer)
    address = f"/api/v1/onboardings/{brought.pk}/"
    asked = next(each for each in client.get(address).json()["guesses"] if each["key"] == "date-order:Datum")
    assert [one["value"] for one in asked["options"]] == ["dmy", "mdy"]
    with work():
        answer = {"answers": {"date-order:Datum": "dmy"}, "accept": True}
        found = client.post(f"{address}answer/", json.dumps(answer), content_type="application/json")
    assert found.status_code == 202
    assert waiting(fresh(brought)) == {}
    stranger = client_for(cast.whole.operator)
    refused = stranger.post(f"{address}answer/", json.dumps(answer), content_type="application/json")
    assert refused.status_code in (403, 404)


def test_the_command_names_each_question_with_its_answers_and_takes_them(cast, file_of):
    path = file_of(awkward())
    with pytest.raises(CommandError) as refused:
        call_command("model_onboard", "Pressen", data=path, target="Fehler", stdout=StringIO())
    for words in ("--answer “date-order:Datum=…”", "dmy (The day stands first", "--yes", "is -999"):
        assert words.replace("is -999", "-999") in str(refused.value), words
    assert not Onboarding.objects.exclude(state="undone").exists()
    out = StringIO()
    call_command(
        "model_onboard", "Pressen", data=path, target="Fehler", answer=["date-order:Datum=mdy"],
        zone="America/New_York", yes=True, stdout=out,
    )  # fmt: skip
    said = out.getvalue()
    for words in ("read as America/New_York", "taken as totals", "left empty", "is a candidate"):
        assert words in said, words
    dataset = onboardings_all().exclude(state="undone").get().model.datasets.get()
    assert dataset.rows == 62
