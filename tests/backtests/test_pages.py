"""The pages of back-tests."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.selectors.backtest_words import lead_words
from mlops_portal.above.backtests.services.backtests import backtests_run
from mlops_portal.above.backtests.tasks.look import look
from mlops_portal.above.backtests.tasks.run import run
from mlops_portal.above.backtests.transitions import Kind, State, TableState
from mlops_portal.foundation.ledger.models import Event
from tests.backtests.shop import DRIFT, LABELING, RETRAIN, added, rows_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def done(cast: Cast, table: PastTable, kind: Kind, *choices: dict[str, object]) -> list[BackTest]:
    made = backtests_run(by=cast.one.ml_engineer, kind=kind, table=table, choices=list(choices))
    for test in made:
        run(backtest=test.pk, job_id=str(test.job_id))
        test.refresh_from_db()
    return made


def test_the_empty_list_says_what_will_come_here(cast: Cast, client_for: SignIn) -> None:
    page = client_for(cast.one.auditor).get(reverse("backtests"))
    assert "No back-tests yet" in page.text
    assert reverse("backtest_new") not in page.text


def test_who_has_no_business_here_is_told_so(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    for person in (cast.one.operator, cast.one.administrator, cast.stranger):
        assert client_for(person).get(reverse("backtests")).status_code == 403
    assert client_for(cast.one.auditor).get(reverse("backtest_new")).status_code == 403
    assert Client().get(reverse("backtests")).status_code == 302


def test_a_file_is_uploaded_and_the_choices_wait_until_it_is_read(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    file = SimpleUploadedFile("presses.csv", "\n".join(rows_of(60)).encode())
    answer = client.post(reverse("backtest_table_upload"), {"file": file})
    made = PastTable.objects.get()
    assert answer.url == f"{reverse('backtest_new')}?table={made.pk}"
    address = f"{reverse('backtest_new')}?kind=labeling&table={made.pk}"
    assert "The table is being read" in client.get(address).text
    look(made.pk)
    page = client.get(address)
    assert '<option value="pressure">' in page.text
    assert client.get(address, headers={"HX-Target": "reading"})["HX-Refresh"] == "true"


def test_an_upload_without_a_file_says_so(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.one.ml_engineer).post(reverse("backtest_table_upload"))
    assert answer.status_code == 422
    assert "This needs a look" in answer.text


def test_a_table_that_cannot_be_read_says_why(cast: Cast, client_for: SignIn) -> None:
    broken = added(cast.one.ml_engineer, ["\x89PNG\r\n\x1a\n" + "\0" * 40], name="picture.csv")
    assert broken.state == TableState.UNREADABLE
    page = client_for(cast.one.ml_engineer).get(f"{reverse('backtest_new')}?kind=drift&table={broken.pk}")
    assert "This table cannot be read" in page.text


def test_choices_are_run_from_the_form(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    address = f"{reverse('backtest_new')}?kind=labeling&table={table.pk}"
    given = {**LABELING, "strategy": ["margin"], "name": "How many?", "group": ""}
    answer = client.post(address, given)
    test = BackTest.objects.get()
    assert answer.url == reverse("backtest", args=[test.pk])
    assert (test.name, test.parameters["strategy"], test.parameters["budget"]) == ("How many?", "margin", 30)


def test_several_choices_lead_to_the_comparison(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    address = f"{reverse('backtest_new')}?kind=drift&table={table.pk}"
    given = {
        "window": 20,
        "reference_share": 30,
        "false_alarms": "1; 2,5; 20",
        "ignore": ["number", "verdict"],
    }
    answer = client.post(address, given)
    assert [test.parameters["false_alarms"] for test in BackTest.objects.order_by("pk")] == [1.0, 2.5, 20.0]
    assert answer.url.startswith(reverse("backtest_compare"))
    page = client.get(answer.url)
    assert page.status_code == 200
    assert "False alarms in 1,000 windows" in page.text


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        ("drift", {"window": 20, "reference_share": 30, "false_alarms": "many"}, "semicolons between them"),
        ("drift", {"window": 20, "reference_share": 30, "false_alarms": "0"}, "must be a number from 0.01"),
        ("drift", {"window": 20, "reference_share": 30, "false_alarms": "1;2;3;4;5"}, "Write 1 to 4 numbers"),
        ("labeling", {**LABELING, "strategy": ["margin"], "budget": 10}, "no more than the 10 at the start"),
        ("labeling", {**LABELING, "strategy": []}, "This field is required"),
        ("retrain", {**RETRAIN, "trigger": ["drift"], "target": ""}, "This field is required"),
    ],
)
def test_wrong_choices_come_back_with_a_sentence(
    cast: Cast, table: PastTable, client_for: SignIn, kind: str, given: dict[str, object], sentence: str
) -> None:
    answer = client_for(cast.one.ml_engineer).post(
        f"{reverse('backtest_new')}?kind={kind}&table={table.pk}", given
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not BackTest.objects.exists()


@pytest.mark.parametrize(
    ("kind", "choices", "words"),
    [
        (Kind.DRIFT, {**DRIFT, "ignore": ["number", "verdict"], "starts": 260}, "the change was found after"),
        (Kind.LABELING, LABELING, "Mean accuracy"),
        (Kind.RETRAIN, RETRAIN, "Error without"),
    ],
)
def test_a_result_is_shown_with_its_picture_figures_and_choices(
    cast: Cast, table: PastTable, client_for: SignIn, kind: Kind, choices: dict[str, object], words: str
) -> None:
    (test,) = done(cast, table, kind, choices)
    assert test.state == State.DONE, test.error
    page = client_for(cast.one.auditor).get(reverse("backtest", args=[test.pk]))
    assert words in page.text
    assert page.text.count("<svg") > 3
    assert reverse("backtest_download", args=[test.pk]) in page.text
    row = client_for(cast.one.auditor).get(reverse("backtests"))
    assert test.name in row.text


def test_the_whole_result_is_downloaded_as_json(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    (test,) = done(cast, table, Kind.DRIFT, DRIFT)
    answer = client_for(cast.one.auditor).get(reverse("backtest_download", args=[test.pk]))
    assert answer["Content-Type"] == "application/json"
    assert set(json.loads(answer.getvalue())) >= {"windows", "alerts", "features", "seconds"}


def test_while_it_works_the_page_shows_how_far_it_is(
    cast: Cast, table: PastTable, client_for: SignIn
) -> None:
    (test,) = backtests_run(by=cast.one.ml_engineer, kind=Kind.LABELING, table=table, choices=[LABELING])
    client = client_for(cast.two.quality_engineer)
    page = client.get(reverse("backtest", args=[test.pk]))
    assert "It starts as soon as a worker is free" in page.text
    assert f"live:{test.topic}" in page.text
    assert client.post(reverse("backtest_cancel", args=[test.pk])).url == reverse("backtest", args=[test.pk])
    again = client.get(reverse("backtest", args=[test.pk]), headers={"HX-Target": "backtest"})
    assert "Somebody cancelled it" in again.text
    assert "<html" not in again.text


def test_two_stand_side_by_side_with_what_differs(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    one, other = done(cast, table, Kind.RETRAIN, RETRAIN, {**RETRAIN, "every": 5})
    page = client_for(cast.one.auditor).get(reverse("backtest_compare"), {"test": [one.pk, other.pk]})
    assert "Schedule: windows between two trainings: 5" in page.text
    assert "Labels used" in page.text


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3, 4, 5], ["one", "two"]])
def test_a_comparison_needs_two_to_four(cast: Cast, client_for: SignIn, numbers: list[object]) -> None:
    answer = client_for(cast.one.auditor).get(reverse("backtest_compare"), {"test": numbers})
    assert answer.status_code == 422


def test_different_kinds_are_not_compared(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    by = cast.one.ml_engineer
    one = backtests_run(by=by, kind=Kind.DRIFT, table=table, choices=[DRIFT])[0]
    other = backtests_run(by=by, kind=Kind.LABELING, table=table, choices=[LABELING])[0]
    answer = client_for(by).get(reverse("backtest_compare"), {"test": [one.pk, other.pk]})
    assert answer.status_code == 422
    assert "of one kind on one table" in answer.text


def test_the_list_is_filtered_by_its_address(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    by = cast.one.ml_engineer
    backtests_run(by=by, kind=Kind.DRIFT, table=table, choices=[DRIFT], name="Limits of spring")
    backtests_run(by=by, kind=Kind.LABELING, table=table, choices=[LABELING], name="Labels of spring")
    page = client_for(by).get(reverse("backtests"), {"kind": "drift"})
    assert "Limits of spring" in page.text
    assert "Labels of spring" not in page.text


def test_other_choices_begin_with_the_ones_before(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    (test,) = backtests_run(
        by=cast.one.ml_engineer, kind=Kind.RETRAIN, table=table, choices=[{**RETRAIN, "every": 7}]
    )
    page = client_for(cast.one.ml_engineer).get(f"{reverse('backtest_new')}?like={test.pk}")
    assert 'name="every" value="7"' in page.text


def test_deleting_leads_back_to_the_list(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    (test,) = done(cast, table, Kind.RETRAIN, RETRAIN)
    client = client_for(cast.one.ml_engineer)
    assert client.post(reverse("backtest_delete", args=[test.pk])).url == reverse("backtests")
    assert not BackTest.objects.exists()
    assert Event.objects.filter(type="backtests.test.deleted").count() == 1


def test_tables_are_listed_and_removed(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    assert "presses.csv" in client.get(reverse("backtest_tables")).text
    client.post(reverse("backtest_table_remove", args=[table.pk]))
    assert not PastTable.objects.exists()


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("pressure · ks", "pressure · Largest distance"),
        ("a · b · ewma", "a · b · Memory of the mean"),
        ("all readings · t2", "All readings, within"),
        ("", ""),
    ],
)
def test_a_statistic_is_called_as_the_catalogue_calls_it(stored: str, shown: str) -> None:
    assert lead_words(stored) == shown


def test_the_page_shows_no_key_of_a_statistic(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    (test,) = done(cast, table, Kind.DRIFT, DRIFT)
    page = client_for(cast.one.ml_engineer).get(reverse("backtest", args=[test.pk])).text
    stored = [*test.result["course"], *(row[4] for row in test.result["rows"] if row[2])]
    assert stored
    assert any(lead_words(one) in page for one in stored)
    assert not any(one in page for one in stored)
