"""``manage.py backtest_drift``, ``backtest_labeling`` and ``backtest_retrain``."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.backtests.shop import rows_of, written


def told(name: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


def said(name: str, **options: Any) -> dict[str, Any]:
    return json.loads(told(name, json=True, **options))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "reference": written(tmp_path, "reference.csv", rows_of(400, seed=1)),
        "stream": written(tmp_path, "stream.csv", rows_of(300, seed=2, shift_at=160)),
    }


LABELING = {"target": "verdict", "initial": 10, "batch": 10, "budget": 30, "seeds": 2, "learner": "logistic"}
RETRAIN = {"target": "verdict", "window": 40, "trigger": "schedule", "every": 3}


def test_drift_tells_every_window_with_its_statistics_and_the_first_row_of_each_event(files) -> None:
    found = said("backtest_drift", **files, window=20, false_alarms_per_1000=5.0, ignore=["verdict"])
    assert [one["index"] for one in found["windows"]] == list(range(15))
    assert [(one["start_row"], one["end_row"]) for one in found["windows"][:2]] == [(0, 20), (20, 40)]
    assert {"feature", "statistic", "value", "limit"} <= set(found["windows"][0]["statistics"][0])
    assert all(0 <= row < 300 for row in found["alerts"])
    assert any(160 <= row < 220 for row in found["alerts"])
    assert found["in_alarm"] == sum(one["alert"] for one in found["windows"])
    assert found["promise"]["windows"] == 20
    assert found["promise"]["reading"] in ("pressure", "temperature", "machine")
    assert found["features"] == 3  # pressure, temperature, machine; the number counts up
    assert found["seconds"] >= 0


def test_drift_reports_columns_that_it_left_out_and_why(files, tmp_path: Path) -> None:
    rows = rows_of(300, seed=2)
    rows = [rows[0] + ",extra", *(f"{row},1" for row in rows[1:])]
    files["stream"] = written(tmp_path, "wider.csv", rows)
    notes = " ".join(
        said("backtest_drift", **files, window=20, false_alarms_per_1000=5.0, ignore=["verdict"])["notes"]
    )
    assert "Only the stream has extra" in notes
    assert "Left out as asked: verdict" in notes
    assert "Counts up with the rows, left out: number" in notes


def test_drift_says_whether_a_known_change_was_found_and_how_late(files) -> None:
    text = told(
        "backtest_drift", **files, window=20, false_alarms_per_1000=1.0, ignore=["verdict"], starts=160
    )
    assert "was found" in text
    assert "pressure" in text


def test_a_column_that_was_constant_and_no_longer_is_counts_as_a_reading(files, tmp_path: Path) -> None:
    def with_flag(rows: list[str], changed: int) -> list[str]:
        return [rows[0] + ",flag", *(f"{row},{5 if n < changed else 6}" for n, row in enumerate(rows[1:]))]

    files["reference"] = written(tmp_path, "flat.csv", with_flag(rows_of(400, seed=1), 400))
    still = written(tmp_path, "still.csv", with_flag(rows_of(200, seed=2), 200))
    moved = written(tmp_path, "moved.csv", with_flag(rows_of(200, seed=2), 100))
    choices = {"window": 20, "false_alarms_per_1000": 5.0, "ignore": ["verdict", "number"]}
    same = said("backtest_drift", reference=files["reference"], stream=still, **choices)
    other = said("backtest_drift", reference=files["reference"], stream=moved, **choices)
    assert (same["features"], other["features"]) == (3, 4)
    assert any("One value throughout, left out: flag" in note for note in same["notes"])
    assert any(100 <= row < 120 for row in other["alerts"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"window": 301}, "A window of 301 rows is longer than the stream, which has 300"),
        ({"window": 0}, "Rows in a window must be a number from 1"),
        ({"false_alarms_per_1000": 0.0}, "False alarms in 1,000 windows must be a number from 0.01"),
        ({"false_alarms_per_1000": float("nan")}, "False alarms in 1,000 windows must be a number"),
        ({"ignore": ["preasure"]}, "Neither table has no column"),
        (
            {"ignore": ["number", "pressure", "temperature", "machine", "verdict"]},
            "no column in common that is not left out",
        ),
        ({"reference": Path("nowhere.csv")}, "There is no file nowhere.csv"),
    ],
)
def test_drift_refuses_what_cannot_be_with_one_sentence(files, options, sentence: str) -> None:
    choices = {**files, "window": 20, "false_alarms_per_1000": 5.0, "ignore": [], **options}
    with pytest.raises(CommandError, match=sentence):
        told("backtest_drift", **choices)


def test_two_tables_without_a_common_column_are_refused_with_their_columns(files, tmp_path: Path) -> None:
    other = written(tmp_path, "other.csv", ["speed,load", *(f"{n},{n % 7}" for n in range(100))])
    with pytest.raises(CommandError, match=r"no column in common.*pressure.*speed"):
        told(
            "backtest_drift", reference=files["reference"], stream=other, window=20, false_alarms_per_1000=5.0
        )


def test_labeling_tells_both_curves_and_their_areas(files) -> None:
    found = said("backtest_labeling", data=files["stream"], strategy="margin", **LABELING)
    assert found["labels"] == [10, 20, 30]
    assert {len(found[name][key]) for name in ("strategy", "random") for key in ("mean", "sd")} == {3}
    assert 0 <= found["random_aubc"] <= 1
    assert found["metric"] == "accuracy"
    assert found["difference"]["low"] <= found["difference"]["mean"] <= found["difference"]["high"]
    assert found["aubc"] - found["random_aubc"] == pytest.approx(found["difference"]["mean"])


def test_labeling_as_a_table_ends_with_the_difference(files) -> None:
    text = told("backtest_labeling", data=files["stream"], strategy="margin", **LABELING)
    assert "difference" in text.splitlines()[4]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"target": "veredict"}, "has no column “veredict”; its columns are number, pressure"),
        ({"target": "pressure"}, "holds numbers .* and not classes"),
        ({"strategy": "guess"}, "there is no choice “guess”; choose one of portal, margin"),
        ({"budget": 10}, "10 labels at the end are no more than the 10 at the start"),
        ({"initial": 200, "budget": 300}, "200 labels at the start are as many as there are to ask about"),
        ({"batch": 0}, "Labels at a time must be a number from 1"),
        ({"seeds": 0}, "Repetitions must be a number from 1"),
        ({"ignore": ["number", "pressure", "temperature", "machine"]}, "No reading is left"),
    ],
)
def test_labeling_refuses_what_cannot_be_with_one_sentence(files, options, sentence: str) -> None:
    choices = {"data": files["stream"], "strategy": "margin", **LABELING, **options}
    with pytest.raises(CommandError, match=sentence):
        told("backtest_labeling", **choices)


def test_a_target_with_one_value_is_refused(tmp_path: Path) -> None:
    rows = ["speed,verdict", *(f"{n % 13},ok" for n in range(60))]
    with pytest.raises(CommandError, match="one value only"):
        told("backtest_labeling", data=written(tmp_path, "one.csv", rows), **LABELING)


def test_rows_without_a_truth_are_left_out_and_said(tmp_path: Path) -> None:
    rows = rows_of(120)
    rows[5] = ",".join([*rows[5].split(",")[:4], ""])
    found = said("backtest_labeling", data=written(tmp_path, "gap.csv", rows), strategy="margin", **LABELING)
    assert found["rows"] == 119
    assert any("1 row without a value in “verdict” is left out" in note for note in found["notes"])


def test_copies_of_one_part_stay_on_one_side(tmp_path: Path) -> None:
    rows = rows_of(60)
    head, body = rows[0] + ",part", [f"{row},P{n}" for n, row in enumerate(rows[1:]) for _copy in range(3)]
    path = written(tmp_path, "copies.csv", [head, *body])
    found = said("backtest_labeling", data=path, strategy="margin", group="part", **LABELING)
    assert found["features"] == 4  # number, pressure, temperature, machine; the part is no reading
    assert found["rows"] == 180


def test_retraining_tells_the_errors_with_and_without(files) -> None:
    found = said("backtest_retrain", data=files["stream"], **RETRAIN)
    assert found["trigger"] == "schedule"
    assert found["retrains"] == [210]
    assert [one["start_row"] for one in found["windows"]] == [90, 130, 170, 210, 250]
    assert [one["retrained"] for one in found["windows"]] == [False, False, True, False, False]
    assert set(found["windows"][0]) >= {"index", "start_row", "end_row", "error", "never_error"}


@pytest.mark.parametrize("trigger", ["drift", "degradation", "schedule", "never"])
def test_every_trigger_walks_to_the_end(files, trigger: str) -> None:
    text = told("backtest_retrain", data=files["stream"], **{**RETRAIN, "trigger": trigger})
    assert "trainings on" in text
    assert "The rows count in the order of the file" in text


def test_a_time_column_gives_the_order(tmp_path: Path) -> None:
    rows = rows_of(300)
    turned = written(tmp_path, "turned.csv", [rows[0], *reversed(rows[1:])])
    straight = written(tmp_path, "straight.csv", rows)
    one, other = (
        said("backtest_retrain", data=path, time="number", **RETRAIN) for path in (turned, straight)
    )
    assert one["windows"] == other["windows"]
    assert any("put in the order of “number”" in note for note in one["notes"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"trigger": "luck"}, "there is no choice “luck”"),
        ({"time": "machine"}, "holds neither moments nor numbers"),
        ({"time": "clock"}, "has no column “clock”"),
        ({"window": 250}, "A window of 250 rows is longer than what is left"),
        ({"first_share": 5}, "The first model would learn 15 rows"),
        ({"trigger": "drift", "window": 60, "first_share": 12}, "drift needs a reference of 60"),
    ],
)
def test_retraining_refuses_what_cannot_be_with_one_sentence(files, options, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        told("backtest_retrain", data=files["stream"], **{**RETRAIN, **options})


def test_an_empty_file_and_a_spreadsheet_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(CommandError, match="empty"):
        told("backtest_labeling", data=tmp_path / "empty.csv", **LABELING)
