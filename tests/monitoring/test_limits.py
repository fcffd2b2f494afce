"""What a line was promised, what limits see, and who may change it."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.drift.compute import limits as mathematics
from monitoring.drift.compute.limit_table import limit_table
from monitoring.drift.tasks.limits import limits
from monitoring.drift.tasks.statistics import alpha_for
from monitoring.errors import NotABudget, NotAWatch
from monitoring.limits.rules.poisson import rate
from monitoring.limits.selectors.budgets import per_week, streams
from monitoring.limits.selectors.limits import Achieved, achieved, limits_due
from monitoring.limits.services import budget_set, watch_set
from monitoring.limits.views.limit_tables import kept
from monitoring.models import Alert, FalseAlarmBudget, LimitSet, StatisticPoint, Watch
from tests.monitoring.ground import reference_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(floor):
    return floor.cast.one.quality_engineer


class TestBudget:
    def test_a_line_bears_one_a_week_until_somebody_says_otherwise_and_why(self, floor, engineer):
        line = floor.press.line
        assert per_week(line) == 1
        before = alpha_for(line, floor.version)
        budget_set(by=engineer, line=line, per_week=0.25, reason=" Nights are quiet ")
        assert per_week(line) == 0.25
        assert alpha_for(line, floor.version) == pytest.approx(before / 4)
        event = Event.objects.get(type="monitoring.budget.set")
        assert sentence(event).endswith("0.25")
        assert "Nights" not in event.public

    def test_it_is_shared_by_all_machines_of_the_line(self, floor):
        line = floor.press.line
        assert streams(line) == 2
        one = alpha_for(line, floor.version)
        Asset.objects.create(name="Press 3", slug="press-3", line=line, type=floor.press.type)
        assert alpha_for(line, floor.version) == pytest.approx(one * 2 / 3)

    @pytest.mark.parametrize(
        ("number", "reason"), [(0, "x"), (-1, "x"), (float("nan"), "x"), (101, "x"), (1, " ")]
    )
    def test_a_number_out_of_range_or_without_a_reason_is_refused(self, floor, engineer, number, reason):
        with pytest.raises(NotABudget):
            budget_set(by=engineer, line=floor.press.line, per_week=number, reason=reason)
        assert not FalseAlarmBudget.objects.exists()

    def test_strangers_other_lines_and_operators_may_not(self, floor):
        for person in (floor.cast.stranger, floor.cast.two.quality_engineer, floor.cast.one.operator):
            with pytest.raises(NotAllowed):
                budget_set(by=person, line=floor.press.line, per_week=2, reason="x")
            with pytest.raises(NotAllowed):
                watch_set(by=person, model=floor.model, reason="x", persistence=3)

    def test_what_is_changed_of_the_watch_is_told_and_what_is_wrong_is_named(self, floor, engineer):
        watch_set(by=engineer, model=floor.model, reason="Slow", persistence=3)
        assert Watch.objects.get().rules.persistence == 3
        assert '"new":{"persistence":3}' in Event.objects.get(type="monitoring.watch.set").public
        with pytest.raises(NotAWatch, match="hours are kept"):
            watch_set(by=engineer, model=floor.model, reason="Odd", keep_hours=2)
        assert Watch.objects.get().keep_hours == 90


class TestAchieved:
    def point(self, floor, starts):
        StatisticPoint.objects.create(
            asset=floor.press, version=floor.version, starts=starts, ends=starts + timedelta(minutes=1),
            feature="pressure", statistic="psi", n=9, value=0, limit=1,
        )  # fmt: skip

    def test_only_what_people_resolved_as_false_counts_over_the_time_that_was_judged(self, floor):
        now = timezone.now()
        assert achieved(floor.press.line).verdict == "early"
        self.point(floor, now - timedelta(weeks=8))
        self.point(floor, now - timedelta(minutes=1))
        for cause in ("false_alarm", "expected", "sensor_fault"):
            Alert.objects.create(
                asset=floor.press, version=floor.version, kind="data_drift", state="resolved", cause=cause,
                since=now, opened_at=now, resolved_at=now,
            )  # fmt: skip
        found = achieved(floor.press.line)
        assert (found.rate.count, found.expected, found.open) == (1, 1, 0)
        assert found.rate.weeks == pytest.approx(8, abs=0.01)
        assert found.verdict == "kept"

    def false_alarm(self, floor, now):
        Alert.objects.create(
            asset=floor.press, version=floor.version, kind="data_drift", state="resolved",
            cause="false_alarm", since=now, opened_at=now, resolved_at=now,
        )  # fmt: skip

    def test_a_few_minutes_say_that_they_say_nothing_and_how_long_it_takes(self, floor, engineer, client_for):
        self.point(floor, timezone.now() - timedelta(minutes=20))
        words = kept(achieved(floor.press.line))
        assert words["picture"] is None
        assert words["words"].startswith("0 false alarms in 1 minute: too little was seen")
        assert "it can be told after 4 weeks" in words["words"]
        page = client_for(engineer).get("/limits/").content.decode()
        assert "plausible" not in page
        assert "Too early to tell" in page
        told = client_for(engineer).get("/api/v1/false-alarm-budgets/line-1/").json()
        assert (told["low"], told["high"]) == (None, None)
        assert told["needs_weeks"] == pytest.approx(3.69, abs=0.01)

    def test_many_within_minutes_are_too_many_without_a_number_a_week(self, floor):
        now = timezone.now()
        self.point(floor, now - timedelta(minutes=20))
        self.point(floor, now - timedelta(minutes=1))
        for _ in range(3):
            self.false_alarm(floor, now)
        words = kept(achieved(floor.press.line))
        assert (words["tone"], words["picture"]) == ("bad", None)
        assert words["words"] == "3 false alarms in 20 minutes: surely more than promised."

    def test_a_long_time_says_how_many_a_week_are_plausible(self, floor):
        now = timezone.now()
        self.point(floor, now - timedelta(weeks=8))
        self.point(floor, now - timedelta(minutes=1))
        words = kept(achieved(floor.press.line))
        assert (
            words["words"] == "0 false alarms in 8 weeks: between 0.00 and 0.46 a week are plausible (95 %)."
        )
        assert words["picture"] is not None

    @given(st.integers(0, 50), st.floats(0.0, 26.0), st.floats(0.01, 100.0))
    @settings(max_examples=30)
    def test_no_history_gives_an_absurd_number_a_week(self, count, weeks, promised):
        found = Achieved(promised, rate(count, weeks), 0, 0, None)
        if found.rate.weeks and "plausible" in kept(found)["words"]:
            assert found.rate.high <= 4 * max(1.0, 2 * promised) + 4 * count * max(1.0, 2 * promised)


class TestLimitTable:
    def table(self, **changes):
        values = np.random.default_rng(3).normal(100, 2, 5000)
        return limit_table({"force": reference_of(values) | changes}, alpha=1e-5, typical=100)

    def test_larger_windows_see_smaller_shifts_and_every_number_is_one(self):
        found = self.table()["readings"]["force"]["statistics"]
        for name in ("psi", "ks", "mean"):
            seen = [one for one in found[name]["shift"] if one is not None]
            assert len(seen) > 5
            assert seen == sorted(seen, reverse=True)
        assert all(one is not None for one in found["mean"]["limit"])

    def test_the_shift_that_the_mean_sees_is_its_limit_in_standard_errors(self):
        whole = self.table()
        at = whole["sizes"].index(100)
        seen = whole["readings"]["force"]["statistics"]["mean"]["shift"][at]
        assert seen == pytest.approx(
            mathematics.mean_limit(alpha=1e-5) * np.sqrt(1 / 100 + 1 / 5000), rel=1e-4
        )

    def test_a_limit_that_cannot_fire_says_what_size_it_needs_and_that_size_fires(self):
        whole = self.table()
        found = whole["readings"]["force"]["statistics"]["ks"]
        assert found["fires"][0] is False
        assert found["shift"][0] is None
        needs = found["needs"]
        again = limit_table(
            {"force": reference_of(np.random.default_rng(3).normal(100, 2, 5000))}, alpha=1e-5, typical=needs
        )
        sizes = again["readings"]["force"]["statistics"]["ks"]
        assert sizes["fires"][again["sizes"].index(needs)]

    def test_a_constant_has_no_smallest_shift_and_is_no_crash(self):
        whole = limit_table({"force": reference_of(np.full(500, 7.0))}, alpha=1e-5, typical=None)
        found = whole["readings"]["force"]["statistics"]
        assert set(found["mean"]["fires"]) == {False}
        assert found["mean"]["needs"] is None
        assert found["ks"]["needs"]

    def test_autocorrelated_readings_see_less(self):
        values = reference_of(np.random.default_rng(3).normal(100, 2, 5000), phi=0.9)
        slow = limit_table({"force": values}, alpha=1e-5, typical=100)["readings"]["force"]["statistics"]
        fast = self.table()["readings"]["force"]["statistics"]
        assert slow["mean"]["shift"][7] > 2 * fast["mean"]["shift"][7]


class TestLimitSets:
    def test_they_are_worked_out_once_and_again_when_the_budget_changes(self, floor, engineer):
        assert limits() == 1
        first = LimitSet.objects.get()
        assert (first.version, first.line) == (floor.version, floor.press.line)
        assert set(first.body["readings"]) == {"pressure", "thickness"}
        assert limits() == 0
        budget_set(by=engineer, line=floor.press.line, per_week=0.1, reason="Quiet")
        assert limits_due() == [(floor.version, floor.press.line)]
        limits()
        again = LimitSet.objects.get()
        assert again.body["alpha"] == pytest.approx(first.body["alpha"] / 10)


class TestPages:
    def test_the_line_s_promise_what_came_and_the_way_to_change_it(self, floor, engineer, client_for):
        client = client_for(engineer)
        page = client.get("/limits/").content.decode()
        assert "At most one false alarm a week" in page
        assert "Nothing judged yet" in page
        assert client.post("/limits/lines/line-1/", {"per_week": "0", "reason": ""}).status_code == 422
        done = client.post("/limits/lines/line-1/", {"per_week": "0.1", "reason": "Quiet"})
        assert done.status_code == 302
        assert "At most one false alarm in 10 weeks" in client.get("/limits/").content.decode()
        assert client.get("/limits/lines/line-2/").status_code == 404

    def test_what_a_model_s_limits_see_stands_in_its_units(self, floor, engineer, client_for):
        client = client_for(engineer)
        assert "Not worked out yet" in client.get("/limits/press-quality/").content.decode()
        limits()
        page = client.get("/limits/press-quality/?reading=thickness").content.decode()
        assert "Sheet thickness: smallest shift seen" in page
        assert page.count("σ") == 4  # shift seen and limit of the mean, of both readings
        assert "follow from formulas" in page
        assert "bar" in page

    def test_who_looks_alone_sees_no_way_to_change_and_others_see_nothing(self, floor, client_for):
        limits()
        auditor = client_for(floor.cast.one.auditor)
        assert "/limits/lines/line-1/" not in auditor.get("/limits/").content.decode()
        assert auditor.get("/limits/lines/line-1/").status_code == 403
        other = client_for(floor.cast.two.quality_engineer)
        assert other.get("/limits/press-quality/").status_code == 404
        assert client_for(floor.cast.one.administrator).get("/limits/").status_code == 403

    def test_the_watch_is_set_from_its_page_and_shown(self, floor, engineer, client_for):
        client = client_for(engineer)
        form = {
            "window_kind": "lot", "window_parts": "200", "persistence": "3", "returned": "60",
            "quiet_hours": "12", "keep_windows": "7", "keep_hours": "30", "keep_days": "300",
            "reason": "Lots",
        }  # fmt: skip
        assert client.post("/limits/press-quality/watch/", form).status_code == 302
        assert Watch.objects.get().returned == pytest.approx(0.6)
        page = client.get("/limits/press-quality/").content.decode()
        assert "One window for each lot" in page
        assert "3 windows over the limit in a row" in page
        assert client.post("/limits/press-quality/watch/", form | {"keep_hours": "3"}).status_code == 422

    def test_the_home_of_who_sets_it_shows_promise_and_verdict(self, floor, engineer, client_for):
        page = client_for(engineer).get("/").content.decode()
        assert "At most one false alarm a week; 0 came" in page
        assert "Too early to tell" in page


class TestApi:
    def test_it_does_what_the_pages_do(self, floor, engineer, client_for):
        client = client_for(engineer)
        address = "/api/v1/false-alarm-budgets/line-1/"
        put = client.put(address, {"per_week": 2, "reason": "Busy"}, content_type="application/json")
        assert put.json()["per_week"] == 2
        assert (
            client.put(address, {"per_week": 0, "reason": "x"}, content_type="application/json").status_code
            == 422
        )
        assert client.get("/api/v1/watches/press-quality/").json()["persistence"] == 2
        patched = client.patch(
            "/api/v1/watches/press-quality/",
            {"persistence": 4, "reason": "Slow"},
            content_type="application/json",
        )
        assert patched.json()["persistence"] == 4
        limits()
        (row,) = client.get("/api/v1/limits/").json()["results"]
        assert (row["model"], row["line"]) == ("press-quality", "line-1")
