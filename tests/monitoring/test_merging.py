"""Telemetry that is late, doubled and out of order adds up to the same counts, merged to hours or not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.wire import merge
from monitoring.drift.services.judging import spans_assign
from monitoring.intake.services.merging import batch_merge
from monitoring.intake.services.telemetry import batch_receive as received
from monitoring.models import Alert, Rollup, SketchTaken, StatisticPoint, TelemetryBatch, Window
from monitoring.reports.compute.decoding import summed
from monitoring.reports.selectors.spans import stored_in
from monitoring.reports.services.rollup import windows_roll_up
from monitoring.reports.tasks.report import drift_report
from monitoring.rules.encoding import encode, layout_of
from tests.monitoring.ground import DIGEST, MINUTE

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2024, 1, 31, 22, 30, tzinfo=UTC)
EVER = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2030, 1, 1, tzinfo=UTC)}


def send(**given) -> None:
    """With the work that follows it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        received(**given)


def plain(floor, minute: int, *, n: int, lot: str, recipe: str) -> dict:
    """A window of whole numbers, so that sums are equal to the last bit in any order; no two are the same."""
    whole = floor.window(minute, n=n, lot=lot, recipe=recipe)
    lagged = float(next(floor.numbers))
    return whole | {"moments": {key: [float(n), 2.0 * n, 4.0 * n, lagged, 0.0] for key in whole["moments"]}}


def all_of(floor):
    """The sums of all rows, from their JSON and from their bytes, which must agree."""
    n, counts, moments, classes, confidence = 0, {}, {}, {}, []
    for row in [*Window.objects.all(), *Rollup.objects.all()]:
        n += row.n
        counts = merge.add_by_feature(counts, row.counts)
        moments = merge.add_moments_by_feature(moments, row.moments)
        classes = merge.add_by_key(classes, row.classes)
        confidence = merge.add_counts(confidence, row.confidence)
    found = stored_in(asset=floor.press, version=floor.version, **EVER)
    layout = layout_of(floor.version.reference["features"])
    assert (found.n, *summed(found.encoded, layout)) == (n, counts, moments)
    return n, counts, moments, classes, confidence


def merge_all(floor, batches) -> None:
    """As workers would: whatever waits, in the order in which it lies there."""
    for sequence, body in batches:
        batch, _made = TelemetryBatch.objects.get_or_create(
            node=floor.node, sequence=sequence,
            defaults={"digest": str(sequence), "body": body, "received_at": floor.start},
        )  # fmt: skip
        batch_merge(batch=batch)


WINDOWS = st.tuples(
    st.integers(0, 4), st.integers(1, 9), st.sampled_from(["", "7731", "7732"]), st.sampled_from("AB")
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.lists(WINDOWS, min_size=1, max_size=3), min_size=1, max_size=6), data=st.data())
def test_any_order_and_any_doubling_of_batches_gives_the_same_counts(floor, sent, data):
    Window.objects.all().delete()
    TelemetryBatch.objects.all().delete()
    batches = []
    for sequence, windows in enumerate(sent):
        made = [plain(floor, minute, n=n, lot=lot, recipe=recipe) for minute, n, lot, recipe in windows]
        batches.append((sequence, floor.body(sequence=sequence, windows=made).decode()))
    merge_all(floor, batches)
    once = all_of(floor)
    rows = set(Window.objects.values_list("starts", "lot", "recipe", "n"))
    assert once[0] == sum(n for windows in sent for _minute, n, _lot, _recipe in windows)

    Window.objects.all().delete()
    TelemetryBatch.objects.all().delete()
    SketchTaken.objects.all().delete()
    doubled = batches + data.draw(st.lists(st.sampled_from(batches), max_size=6))
    merge_all(floor, data.draw(st.permutations(doubled)))
    assert all_of(floor) == once
    assert set(Window.objects.values_list("starts", "lot", "recipe", "n")) == rows


@pytest.fixture
def old(floor):
    """Windows of three hours around the end of a day and of a month, judged long ago."""
    floor.start = LONG_AGO
    windows = [
        plain(floor, minute, n=10, lot=lot, recipe="A")
        for minute in range(0, 180, 20)
        for lot in ("7731", "7732")
    ]
    send(node=floor.node, body=floor.body(windows=windows))
    Alert.objects.all().delete()  # the whole numbers are no readings of a press
    return floor


def roll(floor, days: float) -> int:
    return windows_roll_up(asset=floor.press, version=floor.version, now=LONG_AGO + timedelta(days=days))


def resolutions_of():
    return sorted(Rollup.objects.values_list("grain", "starts", "lot", "n").order_by("starts", "lot"))


def test_nothing_is_merged_before_its_time(old):
    assert roll(old, 13) == 0
    assert Window.objects.count() == 18


def test_windows_become_hours_then_days_then_months_and_every_sum_stays(old):
    before = all_of(old)
    assert roll(old, 20) == 18
    assert set(Rollup.objects.values_list("grain", flat=True)) == {"hour"}
    assert Rollup.objects.count() == 8
    assert not Window.objects.exists()
    assert all_of(old) == before
    roll(old, 120)
    assert [(grain, starts.day, n) for grain, starts, lot, n in resolutions_of() if lot == "7731"] == [
        ("day", 31, 50), ("day", 1, 40),
    ]  # fmt: skip
    assert all_of(old) == before
    roll(old, 900)
    assert [(grain, starts.month, lot, n) for grain, starts, lot, n in resolutions_of()] == [
        ("month", 1, "", 100), ("month", 2, "", 80),
    ]  # fmt: skip
    assert all_of(old) == before
    assert Event.objects.filter(type="monitoring.windows.rolled_up").count() == 3


def test_what_comes_late_for_a_merged_hour_is_counted_and_not_judged_alone(old):
    roll(old, 20)
    before, points = all_of(old)[0], StatisticPoint.objects.count()
    send(node=old.node, body=old.body(windows=[plain(old, 20, n=7, lot="7731", recipe="A")]))
    assert Window.objects.get().judged_at is not None
    assert StatisticPoint.objects.count() == points
    assert all_of(old)[0] == before + 7
    roll(old, 20)
    assert not Window.objects.exists()
    assert all_of(old)[0] == before + 7


def test_what_an_open_alert_speaks_of_and_what_was_not_judged_stays(old):
    alert = Alert.objects.create(
        asset=old.press, version=old.version, kind="data_drift", since=LONG_AGO + 60 * MINUTE,
        opened_at=LONG_AGO,
    )  # fmt: skip
    assert roll(old, 20) == 6
    alert.delete()
    newest = Window.objects.order_by("starts").last()
    Window.objects.filter(pk=newest.pk).update(judged_at=None)
    roll(old, 20)
    assert Window.objects.get() == newest


def test_a_crash_between_adding_and_deleting_leaves_all_as_it_was(old, monkeypatch):
    from monitoring.reports.services import rollup

    before = all_of(old)
    monkeypatch.setattr(rollup, "event_record", lambda **_event: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        roll(old, 20)
    assert not Rollup.objects.exists()
    assert all_of(old) == before


def test_a_report_of_a_past_day_is_the_same_after_it_was_merged(old):
    span = {"since": LONG_AGO - timedelta(hours=1), "until": LONG_AGO + timedelta(days=1)}
    fresh = drift_report(asset=old.press, version=old.version, **span)
    roll(old, 20)
    again = drift_report(asset=old.press, version=old.version, **span)
    assert fresh["n"] == again["n"] == 180
    for one, other in zip(fresh["readings"], again["readings"], strict=True):
        # limits are those of the covered time, which an hour makes longer
        of_limits = dict.fromkeys(("psi_limit", "ks_limit", "mean_limit", "times"), 0)
        assert one | of_limits == other | of_limits
    nothing = drift_report(asset=old.other, version=old.version, **span)
    assert (nothing["n"], nothing["since"]) == (0, None)
    assert {row["reason"] for row in nothing["readings"]} == {"window empty"}


def test_windows_by_count_are_judged_together_and_a_late_one_has_its_span_judged_again(floor):
    from monitoring.models import Watch

    Watch.objects.create(model=floor.model, window_kind="count", window_parts=100)
    windows = [floor.window(minute, n=40) for minute in range(7)]
    send(node=floor.node, body=floor.body(windows=windows))
    spans = sorted(set(Window.objects.exclude(span=None).values_list("span", flat=True)))
    assert [(at - floor.start) // MINUTE for at in spans] == [0, 3]
    assert set(StatisticPoint.objects.filter(statistic="ks").values_list("n", flat=True)) == {120}
    assert Window.objects.filter(span=None, judged_at=None).count() == 1
    late = floor.window(1, n=11, lot="7732")
    TelemetryBatch.objects.create(
        node=floor.node, sequence=99, digest="x", received_at=floor.start,
        body=floor.body(sequence=99, windows=[late]).decode(),
    )  # fmt: skip
    batch_merge(batch=TelemetryBatch.objects.get(sequence=99))
    assert spans_assign(asset=floor.press, version=floor.version) == 1
    again = set(Window.objects.filter(judged_at=None).values_list("span", flat=True))
    assert again == {spans[0], None}


def test_a_part_count_past_what_a_database_held_before_is_no_crash(floor):
    window = floor.window(0)
    huge = 3_000_000_000
    window |= {"n": huge, "classes": {"ok": huge}, "confidence": [huge] + [0] * 19}
    window["counts"] = {key: [huge] + [0] * (len(one) - 1) for key, one in window["counts"].items()}
    send(node=floor.node, body=floor.body(windows=[window]))
    assert (Window.objects.get().n, DIGEST) == (huge, window["artifact"])


def test_packed_rows_of_other_bins_are_refused_and_a_reading_that_a_row_lacks_is_missing(floor):
    layout = layout_of(floor.version.reference["features"])
    with pytest.raises(ValueError, match="bins"):
        encode({"pressure": [1, 2]}, {}, layout, 3)
    with pytest.raises(ValueError, match="not of this version"):
        summed([b"12345678"], layout)
    counts, moments = summed([encode({}, {}, layout, 7)] * 2, layout)
    assert (counts["pressure"][-1], sum(counts["pressure"]), moments["pressure"]) == (14, 14, [0.0] * 5)
