"""An alert's page says where the drift comes from and since when, and what the model leans on."""

import pytest

from monitoring.drift.selectors.segments import where_sentence
from monitoring.drift.services.shards import shard_claim, shard_release
from monitoring.drift.tasks.judge import judge
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Alert, JudgingShard, Window
from tests.monitoring.ground import MINUTE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drifted(floor) -> Alert:
    """Two presses; lot 7732 on press 1 is harder from minute 6 on."""
    windows = []
    for minute in range(12):
        lot = "7732" if minute >= 6 else "7731"
        windows.append(floor.window(minute, n=60, lot=lot, shift=9 if minute >= 6 else 0))
        windows.append(floor.window(minute, n=60, lot="7700", recipe="B", asset="press-2"))
    batch_receive(node=floor.node, body=floor.body(windows=windows))
    return Alert.objects.get()


def test_the_lot_that_moved_is_named_with_its_share_and_its_beginning(drifted, floor):
    found = drifted.where["pressure"]
    best = found["best"]
    assert best["names"]["lot"] == "7732"
    assert best["share"] > 0.9
    assert best["parts"] == pytest.approx(0.5, abs=0.01)
    assert best["since"] == (floor.start + 6 * MINUTE).isoformat()
    assert "lot 7732" in where_sentence(found)
    assert sum(row["share"] for row in found["segments"]) == pytest.approx(1)


def test_its_page_draws_both_and_says_the_sentence(drifted, floor, client_for):
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{drifted.pk}/").content.decode()
    assert "of this drift is" in page
    assert "there and elsewhere" in page
    assert "Press 1, lot 7732" in page


def test_what_the_model_leans_on_ranks_the_readings_that_moved(drifted, floor, client_for):
    from django.utils import timezone

    from explain.models import Explanation

    drifted.features["thickness"] = drifted.features["pressure"]
    drifted.where["thickness"] = drifted.where["pressure"] | {"part": 0.4}
    drifted.where["pressure"]["part"] = 0.6
    drifted.save()
    Explanation.objects.create(
        version=floor.version, subject_kind="part", subject_id="node-1:1", at=timezone.now(),
        values={"pressure": -0.1, "thickness": 0.9},
    )  # fmt: skip
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{drifted.pk}/").content.decode()
    table = page[page.index("The model leans on it") :]
    assert table.index("Sheet thickness") < table.index("Hydraulic pressure")


def test_an_alert_without_a_window_since_says_when_it_will_be_known(floor, client_for):
    alert = Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature="pressure",
        features={"pressure": {"statistic": "mean", "value": 9, "limit": 4, "shift": 5.0,
                               "first": floor.start.isoformat()}},
        since=floor.start, opened_at=floor.start,
    )  # fmt: skip
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "worked out with the next window" in page


def test_a_sensor_that_falls_silent_is_an_alert_and_says_so(floor, client_for):
    windows = [floor.window(minute) for minute in range(6)]
    for window in windows[3:]:
        del window["counts"]["pressure"], window["moments"]["pressure"]
    batch_receive(node=floor.node, body=floor.body(windows=windows))
    alert = Alert.objects.get()
    assert alert.features["pressure"]["statistic"] == "missing"
    page = client_for(floor.cast.one.domain_expert).get("/alerts/").content.decode()
    assert "Hydraulic pressure on Press 1 is missing on 100 % of the parts" in page


def test_one_worker_judges_a_model_on_a_line_at_a_time(floor):
    model, line = floor.model.pk, floor.press.line_id
    claim = shard_claim(model_id=model, line_id=line)
    assert claim is not None
    assert shard_claim(model_id=model, line_id=line) is None
    batch_receive(node=floor.node, body=floor.body(windows=[floor.window(0)]))
    assert Window.objects.filter(judged_at=None).count() == 1
    shard_release(claim)
    judge()
    assert not Window.objects.filter(judged_at=None).exists()
    assert JudgingShard.objects.get().until is None


def test_a_claim_that_ran_out_is_anothers_and_stays_theirs(floor, monkeypatch):
    from datetime import timedelta

    from monitoring.drift.services import shards

    model, line = floor.model.pk, floor.press.line_id
    monkeypatch.setattr(shards, "LONGEST", timedelta(seconds=-1))
    dead = shard_claim(model_id=model, line_id=line)
    monkeypatch.undo()
    assert dead is not None
    theirs = shard_claim(model_id=model, line_id=line)
    assert theirs is not None
    shard_release(dead)
    assert shard_claim(model_id=model, line_id=line) is None
