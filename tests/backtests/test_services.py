"""Running, cancelling and deleting back-tests, and the tables that they stand on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from mlops_portal.above.backtests.errors import (
    TableInUse,
    TableNotReady,
    TooLarge,
    WrongChoice,
    WrongTestState,
)
from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.services import tables
from mlops_portal.above.backtests.services.backtests import (
    backtest_cancel,
    backtest_claim,
    backtest_delete,
    backtest_done,
    backtest_fail,
    backtests_run,
)
from mlops_portal.above.backtests.services.tables import table_add, table_of_dataset, table_remove
from mlops_portal.above.backtests.tasks.look import look
from mlops_portal.above.backtests.transitions import Kind, State, TableState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.wire.errors import Conflict, NotAllowed
from tests.backtests.shop import DRIFT, LABELING, added, rows_of
from tests.cast import Cast
from tests.labeling.plant import make_shop

pytestmark = pytest.mark.django_db


def started(by: Person, table: PastTable, kind: Kind = Kind.LABELING, **choices: Any) -> BackTest:
    base = LABELING if kind == Kind.LABELING else DRIFT
    return backtests_run(by=by, kind=kind, table=table, choices=[{**base, **choices}])[0]


def events() -> list[str]:
    return [one.type for one in Event.objects.order_by("pk") if one.type.startswith("backtests.")]


def test_a_table_is_read_once_and_knows_its_columns(table: PastTable) -> None:
    assert table.state == TableState.READY
    assert table.rows == 400
    assert [(one["name"], one["kind"]) for one in table.columns][1:4] == [
        ("pressure", "number"),
        ("temperature", "number"),
        ("machine", "category"),
    ]
    assert events() == ["backtests.table.added"]


def test_the_same_file_again_is_the_same_table(cast: Cast, table: PastTable) -> None:
    again = added(cast.two.domain_expert, rows_of(shift_at=260), name="again.csv")
    assert again.pk == table.pk
    assert len(events()) == 1


def test_a_file_that_is_no_table_says_why_and_cannot_be_tried(cast: Cast) -> None:
    broken = added(cast.one.ml_engineer, ["\x89PNG\r\n\x1a\n" + "\0" * 40], name="picture.csv")
    assert broken.state == TableState.UNREADABLE
    assert broken.problem
    with pytest.raises(TableNotReady, match="cannot be read"):
        started(cast.one.ml_engineer, broken)


def test_a_table_that_is_being_read_is_not_tried_yet(cast: Cast) -> None:
    by = cast.one.ml_engineer
    new = table_add(by=by, file=ContentFile(b"a,b\n1,2\n"), name="new.csv")
    with pytest.raises(TableNotReady, match="still being read"):
        started(by, new)


def test_a_file_that_is_too_large_is_refused_and_nothing_is_kept(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(tables, "LARGEST", 10)
    with pytest.raises(TooLarge, match="send Parquet"):
        table_add(by=cast.one.ml_engineer, file=ContentFile(b"a,b\n1,2\n3,4\n"), name="large.csv")
    assert not PastTable.objects.exists()


def test_the_past_parts_of_a_model_are_a_table_whose_file_stays_the_models(cast: Cast) -> None:
    shop = make_shop(cast)
    by = cast.one.ml_engineer
    table = table_of_dataset(by=by, dataset=shop.dataset)
    look(table.pk)
    table.refresh_from_db()
    assert table.state == TableState.READY
    assert "label" in table.names
    assert table_of_dataset(by=by, dataset=shop.dataset).pk == table.pk
    path = table.path
    table_remove(by=by, table=table)
    assert default_storage.exists(path)


def test_removing_a_table_removes_its_file(
    cast: Cast, table: PastTable, django_capture_on_commit_callbacks
) -> None:
    path = table.path
    with django_capture_on_commit_callbacks(execute=True):
        table_remove(by=cast.one.ml_engineer, table=table)
    assert not default_storage.exists(path)
    assert events()[-1] == "backtests.table.removed"


def test_a_table_with_back_tests_stays(cast: Cast, table: PastTable) -> None:
    started(cast.one.ml_engineer, table)
    with pytest.raises(TableInUse, match="delete them first"):
        table_remove(by=cast.one.ml_engineer, table=table)
    assert PastTable.objects.filter(pk=table.pk).exists()


def test_running_keeps_the_choices_with_their_defaults_and_one_event(cast: Cast, table: PastTable) -> None:
    test = started(cast.one.ml_engineer, table)
    assert test.state == State.QUEUED
    assert test.parameters["strategy"] == "portal"
    assert test.parameters["seeds"] == 2
    assert test.job is not None
    assert events()[1:] == ["backtests.test.run"]


def test_four_choices_are_run_at_once_and_five_are_not(cast: Cast, table: PastTable) -> None:
    by = cast.one.ml_engineer
    four = [{**DRIFT, "false_alarms": float(n)} for n in range(1, 5)]
    made = backtests_run(by=by, kind=Kind.DRIFT, table=table, choices=four)
    assert [test.parameters["false_alarms"] for test in made] == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(WrongChoice, match="1 to 4"):
        backtests_run(by=by, kind=Kind.DRIFT, table=table, choices=[*four, DRIFT])


@pytest.mark.parametrize(
    ("kind", "choices", "sentence"),
    [
        (Kind.LABELING, {"target": "veredict"}, "has no column “veredict”"),
        (Kind.LABELING, {"target": ""}, "say which column it is"),
        (Kind.LABELING, {"budget": 5}, "no more than the 10 at the start"),
        (Kind.LABELING, {"budget": 30.5}, "must be a whole number"),
        (Kind.LABELING, {"initial": True}, "must be a number"),
        (Kind.LABELING, {"colour": "red"}, "There is no choice “colour”"),
        (Kind.DRIFT, {"ignore": ["speed"]}, "has no column “speed”"),
        (Kind.DRIFT, {"ignore": "number"}, "must be a list of columns"),
        (Kind.DRIFT, {"false_alarms": 0}, "must be a number from 0.01"),
    ],
)
def test_choices_that_do_not_fit_are_named_and_nothing_is_started(
    cast: Cast, table: PastTable, kind: Kind, choices: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(WrongChoice, match=sentence):
        started(cast.one.ml_engineer, table, kind, **choices)
    assert not BackTest.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", ["operator", "auditor", "administrator"])
def test_who_may_not_run_starts_and_cancels_nothing(cast: Cast, table: PastTable, role: str) -> None:
    by = getattr(cast.one, role)
    with pytest.raises(NotAllowed):
        started(by, table)
    test = started(cast.one.ml_engineer, table)
    with pytest.raises(NotAllowed):
        backtest_cancel(by=by, test=test)
    test.refresh_from_db()
    assert test.state == State.QUEUED


def test_what_waits_is_cancelled_once(cast: Cast, table: PastTable) -> None:
    by = cast.one.ml_engineer
    test = started(by, table)
    stale = BackTest.objects.get(pk=test.pk)
    backtest_cancel(by=by, test=test)
    with pytest.raises((NotAllowed, Conflict)):
        backtest_cancel(by=by, test=stale)
    assert events().count("backtests.test.cancelled") == 1
    assert not backtest_claim(test=test)


def test_a_worker_that_finishes_after_the_cancellation_leaves_nothing(cast: Cast, table: PastTable) -> None:
    test = started(cast.one.ml_engineer, table)
    path = f"backtests/results/{test.pk}.json"
    default_storage.delete(path)  # of another test's back-test with this number
    assert backtest_claim(test=test)
    backtest_cancel(by=cast.two.quality_engineer, test=BackTest.objects.get(pk=test.pk))
    with pytest.raises(WrongTestState):
        backtest_done(test=test, summary={}, result={}, whole=b"{}", seconds=1)
    backtest_fail(test=test, sentence="too late")
    test.refresh_from_db()
    assert (test.state, test.error, test.result_path) == (State.CANCELLED, "", "")
    assert not default_storage.exists(path)


def test_whoever_has_the_job_may_go_on_with_a_back_test_that_a_lost_worker_began(
    cast: Cast, table: PastTable
) -> None:
    """That there is one alone is the job's claim (``shell.claims``)."""
    test = started(cast.one.ml_engineer, table)
    assert backtest_claim(test=test)
    assert backtest_claim(test=test)
    backtest_cancel(by=cast.one.ml_engineer, test=BackTest.objects.get(pk=test.pk))
    assert not backtest_claim(test=test)


def test_deleting_takes_the_result_with_it_and_stays_in_the_log(
    cast: Cast, table: PastTable, django_capture_on_commit_callbacks
) -> None:
    by = cast.one.ml_engineer
    test = started(by, table)
    with pytest.raises(NotAllowed, match="cancel it first"):
        backtest_delete(by=by, test=test)
    backtest_claim(test=test)
    backtest_done(test=test, summary={"a": 1}, result={}, whole=b"{}", seconds=1)
    test.refresh_from_db()
    path = test.result_path
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        backtest_delete(by=by, test=test)
    assert not default_storage.exists(path)
    assert events()[-2:] == ["backtests.test.finished", "backtests.test.deleted"]
