"""What ``stream_replay`` cannot send, it refuses in one sentence, and nothing is left behind."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from edge_sync.errors import ReplayUnfit
from edge_sync.replay.outcomes import SECONDS, delay_of
from edge_sync.replay.shifts import parse
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import TelemetryBatch
from tests.edge_sync.plant import EdgePlant
from tests.edge_sync.replayed import make_judge, replay, write_table


@pytest.fixture
def version(plant: EdgePlant) -> ModelVersion:
    return make_judge(plant)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "parts.csv", 30)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--from-row", "31"), "has 30 rows; --from-row must be 1 to 30"),
        (("--from-row", "0"), "--from-row must be 1 to 30"),
        (("--rows", "0"), "--rows and --per-window must be whole numbers from 1"),
        (("--rate", "-1"), "--rate must be a number of rows"),
        (("--rate", "nan"), "--rate must be a number of rows"),
        (("--random-share", "1.5"), "--random-share must be above 0"),
        (("--target", "colour"), "colour"),
        (("--time", "hour"), "hour"),
        (("--time", "fault"), "holds no times"),
        (("--outcome-delay", "soon"), "The delay “soon” cannot be read"),
        (("--shift", "force+1"), "The shift “force\\+1” cannot be read"),
        (("--shift", "heat=+1sd@3"), "--shift names “heat”, which is no reading of Press quality 1"),
    ],
)
def test_an_option_that_does_not_fit_is_a_sentence(
    version: ModelVersion, table: Path, options: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        replay(table, *options)
    assert not Node.objects.filter(slug="replay-line-1").exists()
    assert not TelemetryBatch.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("serial,Force [kN],power,fault\n", "no rows"),
        ("serial,power,fault\nP1,23,ok\nP2,23.5,ok\n", "no column for 1 of the model's readings: force"),
        ("serial,Force [N],power\nP1,800000,23\nP2,810000,23.5\n", "comes in N, the model reads kN"),
    ],
)
def test_a_table_that_does_not_fit_is_a_sentence(
    version: ModelVersion, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "parts.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=sentence):
        replay(path)
    assert not TelemetryBatch.objects.exists()


def test_a_file_that_is_not_there_is_a_sentence(version: ModelVersion, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere.csv"):
        replay(tmp_path / "nowhere.csv")


def test_an_unknown_model_or_machine_names_those_that_there_are(version: ModelVersion, table: Path) -> None:
    with pytest.raises(CommandError, match="no model called “presses”; there are: press"):
        replay(table, model="presses")
    with pytest.raises(CommandError, match="“mill-1” is no machine whose parts Press quality judges"):
        replay(table, machine="mill-1")
    with pytest.raises(CommandError, match="several machines; name one with --machine: press-1a, press-1b"):
        call_command("stream_replay", "press", data=table, stdout=StringIO(), stderr=StringIO())


def test_a_model_without_a_version_says_so(plant: EdgePlant, table: Path) -> None:
    version = make_judge(plant)
    version.delete()
    with pytest.raises(CommandError, match="has no version that could judge"):
        replay(table)


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda one: f"{one:+.4f}")
columns = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30).filter(
    lambda one: "=" not in one and "@" not in one
)


@given(columns, numbers, st.booleans(), st.integers(0, 10**6))
def test_a_shift_is_read_as_it_was_written(column: str, amount: str, in_sd: bool, row: int) -> None:
    found = parse(f"{column}={amount}{'sd' if in_sd else ''}{f'@{row}' if row else ''}")
    assert (found.column, found.amount, found.in_sd, found.row) == (column, float(amount), in_sd, row)


@given(st.integers(0, 10**6), st.sampled_from(["", *SECONDS]))
def test_a_delay_is_rows_or_time(number: int, unit: str) -> None:
    found = delay_of(f"{number}{unit}")
    assert (found.rows, found.seconds) == ((0, number * SECONDS[unit]) if unit else (number, 0))


@given(st.text(max_size=12).filter(lambda one: not one.strip()[:1].isdigit()))
def test_what_is_no_delay_is_refused(text: str) -> None:
    with pytest.raises(ReplayUnfit):
        delay_of(text)
