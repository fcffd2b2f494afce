"""What may be asked, how far a reading is over, and how long a report stands."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.errors import NotASpan
from monitoring.reports.rules.reports import (
    LONGEST,
    SOON,
    problem_of,
    stands,
    times,
)
from monitoring.reports.selectors.reports import question_of

NOW = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
AGO = timedelta(days=2)
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
STATISTICS = ("psi", "psi_limit", "ks", "ks_limit", "mean_errors", "mean_limit")
SHARES = st.none() | st.floats(0, 10)


@given(since=MOMENTS, until=MOMENTS)
def test_a_span_fits_exactly_when_it_begins_in_the_past_and_ends_within_five_years(since, until):
    fits = since < until and since < NOW and until - since <= LONGEST
    assert (problem_of(since, until, NOW) == "") is fits


@given(st.fixed_dictionaries(dict.fromkeys(STATISTICS, SHARES)))
def test_a_reading_is_over_exactly_when_one_statistic_is_over_its_limit(row):
    pairs = [(row["psi"], row["psi_limit"]), (row["ks"], row["ks_limit"])]
    pairs.append((row["mean_errors"], row["mean_limit"]))
    over = any(value is not None and limit and value / limit > 1 for value, limit in pairs)
    found = times(row)
    assert (found is not None and found > 1) is over


@pytest.mark.parametrize(("came", "still"), [(90, True), (100, True), (101, False)])
def test_a_report_of_a_past_span_stands_until_more_parts_came(came, still):
    made = NOW - timedelta(days=300)
    found = stands(until=made - AGO, asked_at=made, made_at=made, told=100, came=came, now=NOW)
    assert found is still


@pytest.mark.parametrize(
    ("age", "still"), [(timedelta(), True), (SOON - timedelta(seconds=1), True), (SOON, False)]
)
def test_a_report_that_reaches_to_now_stands_for_five_minutes(age, still):
    made = NOW - age
    assert stands(until=made, asked_at=made, made_at=made, told=100, came=100, now=NOW) is still


def test_the_same_moments_in_another_zone_are_the_same_question():
    other = (NOW - AGO).astimezone(timezone(timedelta(hours=-5)))
    assert question_of(since=NOW - AGO, until=NOW, now=NOW) == question_of(since=other, until=NOW, now=NOW)
    assert question_of(span="week", now=NOW).key == question_of(span="week", now=NOW + AGO).key == "week"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "from when"),
        ({"span": "year"}, "is no span"),
        ({"span": "week", "since": NOW - AGO}, "either"),
        ({"until": NOW}, "from when"),
        ({"since": NOW - AGO, "until": NOW - 2 * AGO}, "swap"),
        ({"since": NOW - timedelta(days=2000)}, "five years"),
        ({"since": datetime(1, 1, 1, tzinfo=UTC), "until": datetime(9999, 12, 31, tzinfo=UTC)}, "five years"),
        ({"since": NOW + AGO}, "future"),
        ({"since": NOW + AGO, "until": NOW + 2 * AGO}, "future"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(asked, words):
    with pytest.raises(NotASpan, match=words):
        question_of(**asked, now=NOW)
