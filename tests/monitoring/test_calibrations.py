"""A version is calibrated once, its windows are judged by that, and pages say so."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from mlops_portal.foundation.registry.services import artifact_put
from monitoring.drift.compute.detector import calibration_grid, dependence
from monitoring.drift.compute.limit_table import _told
from monitoring.drift.compute.references import Reference
from monitoring.drift.selectors.calibrations import calibrations_due
from monitoring.drift.services.calibrations import calibration_claim
from monitoring.drift.tasks.calibrations import calibrate, grid_of
from monitoring.drift.tasks.limits import limits
from monitoring.intake.services.telemetry import batch_receive
from monitoring.limits.selectors.limits import limits_due
from monitoring.limits.services import watch_set
from monitoring.limits.views.limit_tables import rows, without_limit
from monitoring.models import Alert, Calibration, LimitSet, StatisticPoint
from monitoring.promises import promise_of
from monitoring.readings import ReadingWords
from tests.monitoring.ground import ar1, reference_of

pytestmark = pytest.mark.django_db(transaction=True)
ALONE = set(calibration_grid.STATISTICS) - {"beside"}  # nothing is known of how the readings hang together


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Small drawings: what is tested is who draws when, and what follows."""
    calibrated = calibration_grid.calibrated
    monkeypatch.setattr(
        calibration_grid,
        "calibrated",
        lambda *args, **more: calibrated(*args, **more, sizes=(20, 120), cells=300_000),
    )


def send(floor, *windows):
    batch_receive(node=floor.node, body=floor.body(windows=list(windows)))


def stuck(window):
    """The pressure sensor repeats one value all through the window."""
    n, counts = window["n"], window["counts"]["pressure"]
    counts[:] = [n if at == len(counts) // 2 else 0 for at in range(len(counts))]
    value = 146.0
    window["moments"]["pressure"] = [n, n * value, n * value**2, (n - 1) * value**2, n - 1]
    return window


def test_the_periodic_round_calibrates_a_version_once_and_its_limits_follow(floor):
    assert grid_of(floor.version) is None
    limits()
    row = Calibration.objects.get()
    assert (row.persistence, row.until) == (2, None)
    assert grid_of(floor.version).keys == ("pressure", "thickness")
    assert calibrations_due() == []
    limits()
    body = LimitSet.objects.get().body
    assert body["calibrated"]["rows"] == 4000
    assert body["calibrated"]["low"] < 1 < body["calibrated"]["high"]
    assert set(body["readings"]["pressure"]["statistics"]) == {*ALONE, "missing"}
    assert limits_due() == []


def test_two_workers_never_calibrate_the_same_version(floor):
    assert calibration_claim(version=floor.version)
    assert not calibration_claim(version=floor.version)
    assert calibrations_due() == []
    assert calibrate(floor.version.pk) is False
    Calibration.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert calibrate(floor.version.pk) is True


def test_another_patience_is_another_calibration(floor):
    calibrate(floor.version.pk)
    before = Calibration.objects.get().body["rungs"][0]["slow"]
    watch_set(by=floor.cast.one.quality_engineer, model=floor.model, reason="Patient", persistence=3)
    assert calibrations_due() == [floor.version] or Calibration.objects.get().persistence == 3
    calibrate(floor.version.pk)
    assert Calibration.objects.get().persistence == 3
    assert Calibration.objects.get().body["rungs"][0]["slow"] != before


def rows_kept(floor, spacing):
    """As training keeps them: the rows of one machine, and how far they lie apart."""
    rng = np.random.default_rng(5)
    rows = np.column_stack([146 + 2 * ar1(1_000, 0.3, rng), 2 + 0.02 * ar1(1_000, 0.0, rng)])
    data = dependence.packed(rows, machine=np.full(1_000, "press-1"), at=np.arange(1_000.0))
    kept = artifact_put(data=data, kind="reference", name="rows")
    slowest = {"place": 0, "memory": 2.0, "share": 5.0, "needs": 100}
    floor.version.reference |= {
        "rows": kept.sha256, "spacing": spacing, "dependence": {"rows": 1_000, "slowest": slowest},
    }  # fmt: skip
    floor.version.save(update_fields=["reference"])


def test_limits_know_that_the_reference_is_a_sample_and_are_tested_on_its_rows(floor):
    rows_kept(floor, {"parts": 8.0, "seconds": 96.0})
    calibrate(floor.version.pk)
    grid = grid_of(floor.version)
    assert (grid.lag_parts, grid.windows) == (8.0, 500)
    told = promise_of(floor.version)
    assert (told["lag_parts"], told["tested"]) == (8.0, 500)
    assert calibrations_due() == []


def test_how_far_rows_lie_apart_is_told_by_windows_that_came_since_and_once(floor):
    rows_kept(floor, {"parts": None, "seconds": 4.0})
    calibrate(floor.version.pk)
    assert grid_of(floor.version).lag_parts is None
    assert calibrations_due() == []
    send(floor, *(floor.window(minute) for minute in range(12)))
    assert calibrations_due() == [floor.version]
    calibrate(floor.version.pk)
    assert grid_of(floor.version).lag_parts == pytest.approx(8.0)  # a part each half second
    assert calibrations_due() == []


def test_a_version_that_learned_no_reading_that_varied_is_done_and_stays_analytic(floor):
    constant = floor.version.reference["features"]
    for one in constant.values():
        one["sd"] = 0.0
    floor.version.save()
    calibrate(floor.version.pk)
    assert grid_of(floor.version) is None
    assert calibrations_due() == []


def test_windows_wait_for_nobody_analytic_first_and_calibrated_after(floor):
    send(floor, *(floor.window(minute) for minute in range(3)))
    first = set(StatisticPoint.objects.filter(feature="pressure").values_list("statistic", flat=True))
    assert first == {"psi", "ks", "mean", "missing"}
    calibrate(floor.version.pk)
    send(floor, *(floor.window(minute) for minute in range(3, 20)))
    after = StatisticPoint.objects.filter(feature="pressure", starts__gte=floor.start + timedelta(minutes=3))
    assert set(after.values_list("statistic", flat=True)) == {*ALONE, "missing"}
    assert np.isfinite(list(after.values_list("limit", flat=True))).all()
    assert not Alert.objects.exists()


def test_a_sensor_that_sticks_at_an_ordinary_value_opens_an_alert(floor):
    calibrate(floor.version.pk)
    send(floor, *(floor.window(minute) for minute in range(5)))
    send(floor, *(stuck(floor.window(minute)) for minute in (5, 6)))
    alert = Alert.objects.get()
    assert alert.feature == "pressure"
    assert alert.features["pressure"]["statistic"] == "narrow"
    assert alert.features["pressure"]["shift"] is None


def test_the_alert_s_page_draws_how_narrow_it_became(floor, client_for):
    calibrate(floor.version.pk)
    send(floor, *(floor.window(minute) for minute in range(5)))
    send(floor, *(stuck(floor.window(minute)) for minute in (5, 6)))
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{Alert.objects.get().pk}/")
    assert page.status_code == 200
    assert "how much less it varies than learned" in page.content.decode()


def test_the_page_says_that_limits_are_calibrated_and_how_sure_they_are(floor, client_for):
    limits()
    limits()
    page = client_for(floor.cast.one.quality_engineer).get("/limits/press-quality/").content.decode()
    assert "Calibrated: drawn from 4,000 rows" in page
    assert "Memory of the mean" in page
    assert "Spread, narrower" in page


@pytest.mark.parametrize(
    ("sd", "needs", "said"),
    [
        (2.0, 700, "from 700 parts"),
        (2.0, None, "never"),
        (0.0, None, "never varied"),
    ],
)
def test_why_a_limit_cannot_fire_is_said_as_it_is(floor, sd, needs, said):
    dumb = {"limit": [0.9], "shift": [None], "fires": [False], "needs": needs}
    body = {
        "sizes": [100], "typical": 100,
        "readings": {"pressure": {"sd": sd, "mean": 1.0, "worth": 9.0, "statistics": {"ks": dumb}}},
    }  # fmt: skip
    made = rows(body, ReadingWords(floor.version.model))
    assert made[0]["cells"][0]["why"] == said
    sentence = without_limit(made)
    assert bool(needs) == ("not reached by windows with fewer" in sentence)
    assert (said == "never") == ("not even with 1,000,000 parts" in sentence)


def test_the_size_that_a_limit_needs_is_one_from_which_on_it_always_fires():
    """A limit that fires at 20 parts and not at 50 does not need 20."""
    n = np.array([50.0, 10.0, 20.0, 50.0, 100.0])
    fires = np.array([False, False, True, False, True])
    found = _told(Reference.of(reference_of(np.arange(100.0))), 9.0, {"ks": (n, n, fires)}, n, 1)
    assert found["statistics"]["ks"]["needs"] == 100
    never = _told(Reference.of(reference_of(np.arange(100.0))), 9.0, {"ks": (n, n, ~fires)}, n, 1)
    assert never["statistics"]["ks"]["needs"] is None
