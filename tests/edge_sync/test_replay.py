"""``stream_replay``: rows of a table come in as if a node had sent them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from edge_sync.agent.agent import lock
from edge_sync.replay.driver import Driver
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.services import champion_set
from monitoring.models import Alert, Prediction, Quarantined, SampledRow, TelemetryBatch, Window
from tests.edge_agent import models
from tests.edge_sync.plant import EdgePlant
from tests.edge_sync.replayed import make_judge, replay, write_table


@pytest.fixture
def version(plant: EdgePlant) -> ModelVersion:
    return make_judge(plant)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "parts.csv")


def test_every_row_is_judged_sketched_and_sampled_by_the_agents_code(
    version: ModelVersion, table: Path
) -> None:
    found = replay(table)
    assert (found["rows"], found["predictions"], found["windows"]) == (600, 600, 12)
    assert found["quarantined"] == {}
    assert found["alerts"] == []
    assert Prediction.objects.filter(asset__slug="press-1a", version=version).count() == 600
    assert sum(Window.objects.values_list("n", flat=True)) == 600
    assert 30 < SampledRow.objects.filter(reason="random").count() < 90
    assert Node.objects.get(slug="replay-line-1").public_key


def test_a_shift_opens_an_alert_and_says_from_which_row(version: ModelVersion, table: Path) -> None:
    found = replay(table, "--shift", "force=+2sd@301")
    (alert,) = found["alerts"]
    assert "force" in alert["features"]
    assert 301 <= alert["row"] <= 400
    assert alert["url"].endswith(f"/alerts/{Alert.objects.get().pk}/")


def test_a_version_that_no_machine_runs_is_named_so_in_every_prediction(
    version: ModelVersion, table: Path
) -> None:
    err = StringIO()
    call_command(
        "stream_replay", "press", data=table, machine="press-1a", rows=20, stdout=StringIO(), stderr=err
    )
    assert "no machine ran it" in err.getvalue()
    assert set(Prediction.objects.values_list("activation", flat=True)) == {"replay/1"}


def test_what_the_machine_runs_judges_as_it_was_released(
    version: ModelVersion, plant: EdgePlant, table: Path
) -> None:
    champion_set(asset=plant.assets["press-1a"], version=version, number=7)
    found = replay(table, "--rows", "20")
    assert (found["released"], found["version"]) == (True, 1)
    assert set(Prediction.objects.values_list("activation", flat=True)) == {"press-1a/7"}


def test_rows_without_times_end_now_and_never_fall_into_windows_that_are_there(
    version: ModelVersion, table: Path
) -> None:
    first, second = replay(table, "--rows", "100"), replay(table, "--rows", "100")
    ends, starts = (datetime.fromisoformat(one) for one in (first["ends"], second["starts"]))
    assert abs((ends - timezone.now()).total_seconds()) < 300
    assert starts > ends
    assert sorted(Window.objects.values_list("n", flat=True)) == [50, 50, 50, 50]
    assert first["run"] != second["run"]
    assert len(set(Prediction.objects.values_list("part_id", flat=True))) == 200


def test_times_of_years_ago_are_the_machines_clock(version: ModelVersion, tmp_path: Path) -> None:
    times = [f"2019-03-04 {8 + row // 60:02}:{row % 60:02}:00" for row in range(120)]
    path = write_table(tmp_path / "old.csv", 120, made=times)
    found = replay(path, "--time", "made", "--part", "serial")
    assert found["quarantined"] == {}
    first = Prediction.objects.order_by("at")[0]
    assert first.at == datetime(2019, 3, 4, 7, 0, tzinfo=UTC)  # the site's clock, in winter
    assert first.part_id == f"{found['run']}-P0"
    assert Window.objects.count() == 120


def test_records_that_fail_a_check_are_set_aside_by_its_name(version: ModelVersion, tmp_path: Path) -> None:
    times = [f"2024-03-04T08:{row:02}:00Z" for row in range(60)]
    times[40], times[50] = "2024-03-04T01:00:00Z", ""
    path = write_table(tmp_path / "odd.csv", 60, made=times)
    lines = path.read_text().splitlines()
    lines[11] = ",".join(["P10", "", "", "ok", times[10]])  # no reading has a value
    path.write_text("\n".join(lines) + "\n")
    found = replay(path, "--time", "made")
    assert found["quarantined"] == {"clock": 1, "format": 1, "missing": 1}
    assert Quarantined.objects.count() == 3
    assert Prediction.objects.count() == 57


def test_at_a_pace_rows_carry_the_time_of_their_sending(version: ModelVersion, table: Path) -> None:
    before = timezone.now()
    found = replay(table, "--rows", "40", "--rate", "400")
    starts, ends = (datetime.fromisoformat(found[name]) for name in ("starts", "ends"))
    assert (starts - before).total_seconds() > -1.001  # shown in whole seconds
    assert (ends - starts).total_seconds() <= 1
    assert found["seconds"] >= 0.1


# ---- outcomes ----


def test_outcomes_are_inspection_results_of_the_parts(version: ModelVersion, table: Path) -> None:
    found = replay(table, "--rows", "300", "--target", "fault", "--outcome-delay", "50")
    assert (found["outcomes"], found["outcomes_unmatched"]) == (300, 0)
    judged = Prediction.objects.filter(truth_source="inspection")
    assert judged.count() == 300
    right = sum(one.label == one.truth for one in judged)
    assert right >= 290
    assert Event.objects.filter(type="monitoring.inspection.recorded").count() == 300


def test_a_measured_outcome_is_the_class_in_whose_range_it_lies(
    version: ModelVersion, tmp_path: Path
) -> None:
    model = version.model
    ok, crack = models.CLASSES[0], models.CLASSES[1]
    model.classes = [
        {**one, "defect": one["key"] != ok, "range": [None, 5.0] if one["key"] == ok else [5.0, None]}
        for one in model.classes[:2]
    ]
    model.save(update_fields=["classes"])
    depth = ["4.9", "5.0", "5.1"] * 40
    path = write_table(tmp_path / "measured.csv", 120, depth=depth)
    replay(path, "--target", "depth", "--part", "serial")
    found = Prediction.objects.filter(truth_source="inspection")
    assert found.filter(truth=ok).count() == 80
    assert found.filter(truth=crack).count() == 40


def test_without_a_target_nobody_inspects(version: ModelVersion, table: Path) -> None:
    replay(table, "--rows", "50")
    assert not Prediction.objects.exclude(truth="").exists()


def test_an_outcome_that_is_no_class_is_refused_before_anything_is_sent(
    version: ModelVersion, table: Path
) -> None:
    table.write_text(table.read_text().replace("P7,", "P7,", 1).replace(",crack", ",rust", 1))
    with pytest.raises(CommandError, match=r"Row \d+: “rust” in “fault” is no class"):
        replay(table, "--target", "fault")
    assert not TelemetryBatch.objects.exists()


def test_outcomes_of_parts_that_were_set_aside_are_counted_apart(
    version: ModelVersion, tmp_path: Path
) -> None:
    path = write_table(tmp_path / "odd.csv", 30)
    lines = path.read_text().splitlines()
    lines[5] = "P4,,,ok"
    path.write_text("\n".join(lines) + "\n")
    found = replay(path, "--target", "fault")
    assert (found["outcomes"], found["outcomes_unmatched"]) == (29, 1)


# ---- stopping and going on ----


def test_stopped_with_ctrl_c_the_same_command_goes_on_and_no_part_comes_twice(
    version: ModelVersion, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk = Driver._chunk

    def one_and_stop(driver: Driver, start: int) -> int:
        if start:
            raise KeyboardInterrupt
        return chunk(driver, start)

    monkeypatch.setattr(Driver, "_chunk", one_and_stop)
    first = replay(table, "--target", "fault", "--outcome-delay", "100")
    monkeypatch.undo()
    assert first["rows"] == 256
    assert first["next_row"] == 257
    assert first["outcomes"] == 156
    assert Prediction.objects.count() == 256
    assert sum(Window.objects.values_list("n", flat=True)) == 256

    second = replay(table, "--target", "fault", "--outcome-delay", "100")
    assert second["run"] == first["run"]
    assert (second["rows"], second["last_row"]) == (344, 600)
    assert Prediction.objects.count() == 600
    assert len(set(Prediction.objects.values_list("part_id", flat=True))) == 600
    assert Prediction.objects.filter(truth="").count() == 0
    assert Event.objects.filter(type="monitoring.inspection.recorded").count() == 600
    windows = list(Window.objects.order_by("starts").values_list("n", flat=True))
    assert windows == [50] * 12


def test_stopped_and_asked_otherwise_it_is_a_new_replay(
    version: ModelVersion, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(driver: Driver, start: int) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Driver, "_chunk", stop)
    first = replay(table)
    monkeypatch.undo()
    second = replay(table, "--rows", "60")
    assert second["run"] != first["run"]
    assert (second["first_row"], second["rows"]) == (1, 60)


def test_two_replays_on_one_line_do_not_run_at_once(
    version: ModelVersion, table: Path, settings: Any
) -> None:
    held = lock(settings.VAR_DIR / "replay" / "replay-line-1")
    with pytest.raises(CommandError, match="Another replay on Line 1 is under way"):
        replay(table)
    held.close()
    assert replay(table, "--rows", "10")["rows"] == 10


# ---- the door ----


@pytest.mark.django_db(transaction=True)
def test_over_http_the_portal_takes_the_signed_batches(
    plant: EdgePlant, table: Path, live_server: Any, settings: Any
) -> None:
    make_judge(plant)
    settings.PUBLIC_URL = live_server.url
    found = replay(table, "--rows", "120", "--http")
    assert found["predictions"] == Prediction.objects.count() == 120
    assert Node.objects.get(slug="replay-line-1").status.heard_at is not None


def test_over_http_a_portal_that_is_away_is_said_and_the_rows_wait(
    version: ModelVersion, table: Path, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=r"The portal at http://127.0.0.1:9 takes no batches"):
        replay(table, "--rows", "60", "--http")
    found = replay(table, "--rows", "10")
    assert found["predictions"] == Prediction.objects.count() == 70


def test_in_sentences_it_says_what_came_of_it(version: ModelVersion, table: Path) -> None:
    out = StringIO()
    call_command(
        "stream_replay", "press", data=table, machine="press-1a", rows=60, stdout=out, stderr=StringIO()
    )
    assert "60 rows were sent" in out.getvalue()
    assert "No alert opened." in out.getvalue()
