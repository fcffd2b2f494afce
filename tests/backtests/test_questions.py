"""What a table leaves open is asked before a back-test counts with it: page, API and terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from mlops_portal.above.backtests.errors import TableNotReady
from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.services.backtests import backtests_run
from mlops_portal.above.backtests.services.tables import table_answer
from mlops_portal.above.backtests.tasks.look import look
from mlops_portal.above.backtests.tasks.run import run
from mlops_portal.above.backtests.transitions import Kind, TableState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.errors import AnswerUnfit
from tests.backtests.shop import added, written

pytestmark = pytest.mark.django_db
OPEN = ["number;force;other", *(f"{n};{1 + n % 9}.{n * 137 % 1000:03d};{n % 7}" for n in range(120))]
CHOICES = {"window": 20, "ignore": ["number"]}


@pytest.fixture
def asking(cast) -> PastTable:
    """A table whose numbers are 1.274 or 1274."""
    return added(cast.one.ml_engineer, OPEN)


def test_a_table_that_can_be_read_in_two_ways_is_in_no_test_before_somebody_said_which(cast, asking):
    assert asking.state == TableState.ASKING
    with pytest.raises(TableNotReady, match="more than one way"):
        backtests_run(by=cast.one.ml_engineer, kind=Kind.DRIFT, table=asking, choices=[CHOICES])


@pytest.mark.parametrize(("said", "first"), [("point", 3.274), ("comma", 3274.0)])
def test_the_test_counts_with_what_was_said(cast, asking, said, first, monkeypatch):
    by, seen = cast.one.ml_engineer, []
    table_answer(by=by, table=asking, answers={"decimal:force": said})
    look(asking.pk)
    asking.refresh_from_db()
    assert asking.state == TableState.READY
    (test,) = backtests_run(by=by, kind=Kind.DRIFT, table=asking, choices=[CHOICES])
    from mlops_portal.above.backtests.tasks import run as module

    drift = module.drift
    monkeypatch.setattr(module, "drift", lambda *given: seen.append(given[0]) or drift(*given))
    run(backtest=test.pk, job_id=str(test.job_id))
    assert seen[0].columns["force"][2] == first
    assert Event.objects.filter(type="backtests.table.answered").count() == 1


def test_an_answer_that_is_none_and_one_that_comes_twice_change_nothing(cast, asking):
    by, stale = cast.one.ml_engineer, PastTable.objects.get(pk=asking.pk)
    with pytest.raises(AnswerUnfit):
        table_answer(by=by, table=asking, answers={"decimal:force": "maybe"})
    table_answer(by=by, table=asking, accept=True)
    with pytest.raises(TableNotReady):
        table_answer(by=by, table=stale, answers={"decimal:force": "comma"})


def test_the_page_asks_and_goes_on_to_the_choices(cast, asking, client_for):
    client = client_for(cast.one.ml_engineer)
    address = f"{reverse('backtest_new')}?kind=drift&table={asking.pk}"
    page = client.get(address).text
    assert "1.000" in page
    assert 'value="decimal:force"' in page
    answer = client.post(
        f"{reverse('backtest_table_answer', args=[asking.pk])}?kind=drift",
        {"key": "decimal:force", "value": "comma"},
    )
    assert answer.status_code == 302
    look(asking.pk)
    assert 'name="window"' in client.get(answer.url).text
    for stranger in (cast.one.operator, cast.one.auditor):
        post = client_for(stranger).post(reverse("backtest_table_answer", args=[asking.pk]), {"accept": "1"})
        assert post.status_code == 403


def test_the_api_shows_the_question_and_takes_the_answer(cast, asking, client_for):
    client = client_for(cast.one.ml_engineer)
    address = f"/api/v1/backtest-tables/{asking.pk}/"
    shown = client.get(address).json()
    assert [one["key"] for one in shown["guesses"] if one["blocking"]] == ["decimal:force"]
    said = client.post(
        f"{address}answer/", {"answers": {"decimal:force": "comma"}}, content_type="application/json"
    )
    assert said.status_code == 202
    assert said.json()["answers"] == {"decimal:force": "comma"}


def test_the_command_asks_the_same_and_refuses_to_guess(tmp_path: Path, capsys):
    path = written(tmp_path, "open.csv", OPEN)
    given = {"reference": path, "stream": path, "window": 20, "false_alarms_per_1000": 5.0}
    with pytest.raises(CommandError, match=r"decimal:force=…"):
        call_command("backtest_drift", **given)
    call_command("backtest_drift", answer=["decimal:force=comma"], json=True, **given)
    assert json.loads(capsys.readouterr().out)["features"] == 2
