"""The API of back-tests."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.tasks.run import run
from tests.backtests.shop import DRIFT, LABELING, rows_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
TESTS, TABLES = "/api/v1/backtests/", "/api/v1/backtest-tables/"


def sent(client: Client, table: PastTable, kind: str = "labeling", **parameters: object):
    base = LABELING if kind == "labeling" else DRIFT
    body = {"kind": kind, "table": table.pk, "parameters": {**base, **parameters}}
    return client.post(TESTS, body, content_type="application/json")


def test_a_table_is_sent_as_a_file(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    file = SimpleUploadedFile("presses.csv", "\n".join(rows_of(50)).encode())
    answer = client.post(TABLES, {"file": file})
    assert answer.status_code == 201
    assert answer.json()["name"] == "presses.csv"
    assert client.get(f"{TABLES}{answer.json()['id']}/").json()["state"] == "reading"


def test_neither_a_file_nor_a_dataset_is_refused(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.one.ml_engineer).post(TABLES, {}, content_type="application/json")
    assert answer.status_code == 422
    assert "either a file or the number of a dataset" in answer.text


def test_a_back_test_is_started_worked_and_read(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    made = sent(client, table)
    assert made.status_code == 201
    assert made.json()["parameters"]["strategy"] == "portal"
    test = BackTest.objects.get()
    run(backtest=test.pk, job_id=str(test.job_id))
    told = client_for(cast.one.auditor).get(f"{TESTS}{test.pk}/").json()
    assert (told["state"], told["summary"]["metric"]) == ("done", "accuracy")
    whole = json.loads(client.get(f"{TESTS}{test.pk}/result/").getvalue())
    assert set(whole) >= {"labels", "strategy", "random", "aubc", "random_aubc", "metric"}


def test_a_result_that_is_not_there_yet_is_not_found(
    cast: Cast, table: PastTable, client_for: SignIn
) -> None:
    client = client_for(cast.one.ml_engineer)
    number = sent(client, table).json()["id"]
    answer = client.get(f"{TESTS}{number}/result/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")


def test_wrong_choices_are_a_problem_with_a_sentence(
    cast: Cast, table: PastTable, client_for: SignIn
) -> None:
    answer = sent(client_for(cast.one.ml_engineer), table, target="veredict")
    assert answer.status_code == 422
    assert "no column “veredict”" in answer.json()["detail"]


def test_the_same_key_starts_one_back_test(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer, headers={"Idempotency-Key": "one"})
    assert sent(client, table).json()["id"] == sent(client, table).json()["id"]
    assert BackTest.objects.count() == 1


def test_one_is_cancelled_and_then_deleted(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    address = f"{TESTS}{sent(client, table).json()['id']}/"
    assert client.delete(address).status_code == 403
    assert client.post(f"{address}cancel/").json()["state"] == "cancelled"
    assert client.post(f"{address}cancel/").status_code == 403
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_two_are_compared_by_what_differs(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    numbers = [sent(client, table, batch=batch).json()["id"] for batch in (5, 10)]
    told = client.get(f"{TESTS}compare/", {"test": numbers}).json()
    assert told["differing"] == {"Labels at a time": ["5", "10"]}
    assert client.get(f"{TESTS}compare/", {"test": numbers[:1]}).status_code == 422


def test_the_list_is_filtered(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.ml_engineer)
    sent(client, table)
    sent(client, table, kind="drift")
    assert [one["kind"] for one in client.get(TESTS, {"kind": "drift"}).json()["results"]] == ["drift"]


def test_an_operator_sees_nothing(cast: Cast, table: PastTable, client_for: SignIn) -> None:
    client = client_for(cast.one.operator)
    assert client.get(TESTS).status_code == client.get(TABLES).status_code == 403
    assert sent(client, table).status_code == 403


def test_a_table_is_removed_unless_a_back_test_stands_on_it(
    cast: Cast, table: PastTable, client_for: SignIn
) -> None:
    client = client_for(cast.one.ml_engineer)
    number = sent(client, table).json()["id"]
    assert client.delete(f"{TABLES}{table.pk}/").status_code == 409
    client.post(f"{TESTS}{number}/cancel/")
    client.delete(f"{TESTS}{number}/")
    assert client.delete(f"{TABLES}{table.pk}/").status_code == 204
