"""The rules of alerts, spans, resolutions and promises, as plain functions."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitoring.limits.rules import poisson, spans
from monitoring.limits.rules.spans import Piece
from monitoring.limits.rules.watching import WatchRange, out_of_range
from monitoring.reports.rules import resolutions
from monitoring.rules.judging import Moved, Rules, is_out, leader, moved, still_out, weight, worsened

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Point:
    minute: int
    value: float
    limit: float = 1.0
    shift: float | None = None
    feature: str = "pressure"
    statistic: str = "mean"
    minutes: int = 1

    @property
    def starts(self) -> datetime:
        return START + self.minute * MINUTE

    @property
    def ends(self) -> datetime:
        return self.starts + self.minutes * MINUTE


def firsts(points, rules=None, tolerances=None):
    found = moved(points, tolerances or {}, rules or Rules())
    return [(at - START) // MINUTE for at in sorted(found)]


def out_of(key, value, shift=None):
    return Moved(key, "mean", value, 1.0, shift, START)


class TestOpenAlerts:
    def test_a_reading_is_told_again_at_twice_what_was_told(self):
        stored = {"pressure": {"told": 2.0}, "force": {}}
        out = [out_of("pressure", 4.0), out_of("force", 9.0), out_of("new", 9.0)]
        assert [one.key for one in worsened(stored, out, Rules())] == ["pressure"]
        assert worsened(stored, [out_of("pressure", 3.9)], Rules()) == []

    def test_another_reading_leads_once_it_clearly_outweighs_the_one_that_led(self):
        out = [out_of("pressure", 2.0), out_of("force", 2.9)]
        assert leader(out, "pressure", {}, Rules()) is None
        out[1] = out_of("force", 3.1)
        assert leader(out, "pressure", {}, Rules()).key == "force"

    def test_what_is_held_to_a_tolerance_and_what_is_not_do_not_compare(self):
        out = [out_of("pressure", 2.0, shift=3.0), out_of(":error", 30.0)]
        assert leader(out, "pressure", {"pressure": 1.0}, Rules()) is None


class TestAlerts:
    def test_both_keys_must_turn(self):
        assert is_out(Point(0, 2, shift=3), {"pressure": 2})
        assert not is_out(Point(0, 2, shift=1), {"pressure": 2})
        assert not is_out(Point(0, 1), {})
        assert not is_out(Point(0, math.nan), {})
        assert is_out(Point(0, 2), {"pressure": 2}), "what has no shift is not held to a tolerance"

    @given(out=st.lists(st.booleans(), max_size=30), persistence=st.integers(1, 5))
    def test_an_alert_comes_with_every_window_that_ends_a_long_enough_row(self, out, persistence):
        points = [Point(minute, 2.0 if one else 0.5) for minute, one in enumerate(out)]
        wanted = [
            minute
            for minute in range(len(out))
            if minute + 1 >= persistence and all(out[minute + 1 - persistence : minute + 1])
        ]
        assert firsts(points, Rules(persistence=persistence)) == wanted

    def test_windows_of_a_day_are_neighbours_though_they_begin_a_day_apart(self):
        day = 24 * 60
        points = [Point(number * day, 2.0, minutes=day) for number in range(3)]
        assert firsts(points) == [day, 2 * day]

    def test_a_window_after_a_long_pause_is_no_neighbour_unless_windows_are_lots(self):
        points = [Point(0, 2), Point(300, 2)]
        assert firsts(points) == []
        assert firsts(points, Rules(pause=None)) == [300]

    def test_the_strongest_statistic_of_the_last_window_speaks_for_the_reading(self):
        points = [
            *(Point(minute, 2, statistic="mean", shift=1.0) for minute in (0, 1)),
            *(Point(minute, 9, statistic="psi", shift=1.0) for minute in (0, 1)),
        ]
        (one,) = moved(points, {}, Rules())[START + MINUTE]
        assert (one.statistic, one.first) == ("psi", START)
        assert weight(one, {"pressure": 0.5}) == (True, 2.0)
        assert weight(one, {}) == (False, 9.0)

    def test_what_came_back_once_is_no_longer_quiet(self):
        rules = Rules(returned=0.7)
        assert still_out([Point(0, 0.8), Point(1, 0.69)], ["pressure", "force"], rules) == {"force"}
        mixed = [Point(0, 0.1), Point(0, 0.9, statistic="psi")]
        assert still_out(mixed, ["pressure"], rules) == {"pressure"}


def pieces(*rows, span=None):
    return [
        Piece(pk, START + minute * MINUTE, n, lot, span) for pk, (minute, n, lot) in enumerate(rows, start=1)
    ]


def minutes(found):
    return {pk: (at - START) // MINUTE for pk, at in found.items()}


class TestSpans:
    def test_by_time_every_window_is_one(self):
        assert minutes(spans.assign(pieces((0, 5, ""), (1, 5, "")), kind="time")) == {1: 0, 2: 1}

    @given(sizes=st.lists(st.integers(0, 50), max_size=40), parts=st.integers(1, 120))
    def test_by_count_a_span_holds_enough_and_at_most_one_window_more(self, sizes, parts):
        rows = pieces(*((minute, n, "") for minute, n in enumerate(sizes)))
        found = spans.assign(rows, kind="count", parts=parts)
        held: dict[datetime, list[int]] = {}
        for one in rows:
            if one.pk in found:
                held.setdefault(found[one.pk], []).append(one.n)
        for of_one in held.values():
            assert parts <= sum(of_one) < parts + max(of_one)
        assert sum(one.n for one in rows if one.pk not in found) < parts

    def test_what_comes_late_joins_the_span_of_its_time_and_moves_no_other(self):
        old = [Piece(1, START, 10, "", START), Piece(2, START + 5 * MINUTE, 10, "", START + 5 * MINUTE)]
        late = Piece(3, START + 2 * MINUTE, 7, "", None)
        early = Piece(4, START - MINUTE, 7, "", None)
        assert minutes(spans.assign([*old, late, early], kind="count", parts=10)) == {3: 0, 4: 0}

    def test_by_lot_one_waits_until_the_next_has_begun(self):
        running = pieces((0, 5, "A"), (1, 5, "A"))
        assert spans.assign(running, kind="lot") == {}
        changed = pieces((0, 5, "A"), (1, 5, "A"), (1, 5, "B"), (2, 5, "B"))
        assert minutes(spans.assign(changed, kind="lot")) == {1: 0, 2: 0}

    def test_two_lots_that_start_in_one_window_do_not_share_a_name(self):
        both = pieces((0, 5, "A"), (0, 5, "B"), (1, 5, "C"))
        found = spans.assign(both, kind="lot")
        assert found[1] == START
        assert found[2] == START + spans.TICK

    def test_a_lot_that_comes_again_after_days_is_another_span(self):
        day = 24 * 60
        rows = pieces((0, 5, "A"), (1, 5, "B"), (2 * day, 5, "A"), (2 * day + 1, 5, "C"))
        found = minutes(spans.assign(rows, kind="lot"))
        assert (found[1], found[3]) == (0, 2 * day)

    def test_without_a_lot_every_window_is_one_and_an_unknown_kind_is_refused(self):
        assert minutes(spans.assign(pieces((0, 5, ""), (1, 5, "")), kind="lot")) == {1: 0, 2: 1}
        for kind, parts in (("moon", 0), ("count", 0)):
            with pytest.raises(ValueError):
                spans.assign([], kind=kind, parts=parts)


class TestPromises:
    @pytest.mark.parametrize("count", [0, 1, 7, 400])
    def test_the_interval_is_garwoods(self, count):
        found = poisson.rate(count, 4.0)
        assert found.high * 4 == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=1e-6)
        assert found.low * 4 == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0, rel=1e-6)

    def test_a_promise_is_kept_broken_or_cannot_be_told_yet(self):
        assert poisson.rate(0, 0).verdict(1) == "early"
        assert poisson.rate(0, 2).verdict(1) == "early"
        assert poisson.rate(0, 4).verdict(1) == "kept"
        assert poisson.rate(12, 4).verdict(1) == "broken"
        with pytest.raises(ValueError):
            poisson.rate(-1, 1)


class TestResolutions:
    @given(at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)))
    def test_every_moment_lies_in_one_hour_of_one_day_of_one_month(self, at):
        for resolution, finer in ((resolutions.DAY, resolutions.HOUR), (resolutions.MONTH, resolutions.DAY)):
            start = resolutions.floor(at, resolution)
            assert start <= at < resolutions.end(start, resolution)
            assert resolutions.floor(resolutions.floor(at, finer), resolution) == start
            assert resolutions.end(resolutions.floor(at, finer), finer) <= resolutions.end(start, resolution)

    def test_only_whole_days_and_months_become_old(self):
        now = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
        assert resolutions.before(now, 14, resolutions.HOUR) == datetime(2026, 11, 11, tzinfo=UTC)
        assert resolutions.before(now, 30, resolutions.MONTH) == datetime(2026, 10, 1, tzinfo=UTC)
        with pytest.raises(ValueError):
            resolutions.floor(now, "week")


def test_how_a_model_is_watched_stays_in_its_range():
    good = {"window_kind": "time", "window_parts": 10, "persistence": 2, "returned": 0.7, "quiet_hours": 24,
            "keep_windows": 14, "keep_hours": 90, "keep_days": 730}  # fmt: skip
    assert set(good) == set(WatchRange)
    assert out_of_range(good) == ""
    for name, wrong in {"window_kind": "moon", "persistence": 0, "returned": "x", "keep_hours": 13}.items():
        assert out_of_range(good | {name: wrong}) == name
    assert out_of_range(good | {"keep_days": 89}) == "keep_days"
