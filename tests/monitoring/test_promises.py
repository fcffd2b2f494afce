"""What a reference says of its promise stands on the pages, in the report's API and in the limits' API."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import dependence
from monitoring.drift.tasks.limits import limits
from monitoring.models import LimitSet
from monitoring.promises import promise_of, promise_words
from tests.monitoring.ground import ar1

KEPT = {
    "kept": True,
    "why": "",
    "events": 1,
    "windows": 100,
    "low": 0.0003,
    "high": 0.0557,
    "promised": 0.005,
}
SHORT = {"kept": False, "why": "memory", "reading": "force", "memory": 251.3, "rows": 2000, "needs": 9046}


def test_what_was_counted_stands_beside_what_is_promised():
    words = promise_words(KEPT, "Force")
    assert words.startswith("The reference is long enough")
    assert "1 event in 100 windows that its limits had not seen; 0.3 to 55.7 in 1,000" in words
    assert "5.0 are promised" in words


def test_a_promise_that_cannot_be_kept_says_why_and_how_many_rows_would_do():
    words = promise_words(SHORT, "Force")
    assert "Force resembles its past for about 250 rows, and 2,000 rows hold too few" in words
    assert "About 9,000 rows would do" in words


def test_limits_that_were_widened_say_by_how_much_and_a_reference_too_short_says_so():
    assert "1.30 times as far out" in promise_words(KEPT | {"widened": 1.3}, "Force")
    assert "too short to be tested" in promise_words(KEPT | {"windows": 0}, "Force")
    assert promise_words(None, "").startswith("Nobody knows")
    for why in ("no order in time", "too few of them are of one machine", "no reading varies"):
        assert why in promise_words(None, "")


def test_a_count_that_proves_nothing_by_itself_says_so():
    assert "So few windows prove nothing" in promise_words(KEPT, "Force")
    assert "prove nothing" not in promise_words(KEPT | {"high": 0.009}, "Force")


def test_a_table_that_is_a_sample_of_its_parts_says_what_it_does_to_the_promise():
    sampled = promise_words(SHORT | {"lag_parts": 8.0, "tested": 3_205, "wider": {}}, "Force")
    assert "about one part in 8" in sampled
    assert "tested on 3,205 windows" in sampled
    neighbours = promise_words(
        SHORT | {"lag_parts": 1.0, "tested": 3_205, "wider": {"temp": 1.4}}, "Force", str.title
    )
    assert "one part in" not in neighbours
    assert "Limits of Temp lie up to 1.40 times" in neighbours
    assert "Nobody knows how many parts" in promise_words(SHORT | {"lag_parts": None}, "Force")


def test_training_keeps_what_the_reference_says_of_its_memory():
    rng = np.random.default_rng(1)
    rows = np.column_stack([ar1(3000, 0.3, rng), ar1(3000, 0.3, rng)])
    rows[1500:, 1] += 3
    kept = dependence.learned(rows, machine=np.full(3000, "m"), at=np.arange(3000))
    assert kept["slowest"]["place"] == 1
    assert kept["slowest"]["share"] < 1
    assert len(kept["spread"]) == 2


def kept_of(rows, at=None, *, ordered=True):
    at = np.arange(len(rows)) if at is None else at
    return dependence.learned(rows, machine=np.full(len(rows), "m"), at=at, ordered=ordered)


def columns(n, seed=1, phi=0.3):
    rng = np.random.default_rng(seed)
    return np.column_stack([ar1(n, phi, rng), ar1(n, phi, rng)])


def test_thirty_rows_and_rows_without_an_order_say_nothing_of_the_promise():
    assert kept_of(columns(30)) == {}
    assert "slowest" not in kept_of(columns(3000), ordered=False)


def test_a_single_shift_is_too_short_and_says_how_many_rows_would_do():
    for seed in range(5):
        slowest = kept_of(columns(160, seed))["slowest"]
        assert slowest["share"] < 1
        assert slowest["needs"] > 160


def test_a_reading_of_one_value_is_never_the_slowest():
    rows = columns(3000)
    rows[:, 0] = 7.0
    slowest = kept_of(rows)["slowest"]
    assert slowest["place"] == 1
    assert slowest["share"] > 1
    rows[:, 1] = 7.0
    assert "slowest" not in kept_of(rows)


def test_a_gap_of_a_week_changes_nothing_by_itself_and_another_level_after_it_breaks_the_promise():
    rows = columns(3000)
    at = np.arange(3000) * 12.0
    at[1500:] += 7 * 24 * 3600
    assert kept_of(rows, at) == kept_of(rows)
    rows[1500:] += 2
    assert kept_of(rows, at)["slowest"]["share"] < 1


def test_rows_are_taken_in_the_order_of_their_moments_and_equal_moments_as_they_stand():
    rows = columns(3000, phi=0.95)
    mixed = np.random.default_rng(2).permutation(3000)
    assert kept_of(rows[mixed], mixed) == kept_of(rows)
    assert kept_of(rows, np.arange(3000) // 2) == kept_of(rows)


@pytest.mark.django_db
def test_the_page_of_limits_and_its_api_say_what_the_version_kept(floor):
    keys = list(floor.version.reference["features"])
    slowest = {"place": 0, "memory": 250.0, "share": 0.2, "needs": 9000}
    floor.version.reference["dependence"] = {"rows": 1800, "slowest": slowest}
    floor.version.save(update_fields=["reference"])
    told = promise_of(floor.version)
    assert told == {
        "kept": False, "why": "memory", "reading": keys[0], "memory": 250.0, "rows": 1800, "needs": 9000,
    }  # fmt: skip
    limits()
    assert LimitSet.objects.get(version=floor.version, line=floor.press.line).body["promise"] == told
