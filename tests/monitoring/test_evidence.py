"""Evidence that adds up: whether readings still fit one another, and what that says of an alert."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from benchmarks import verdicts
from mlops_portal.foundation.wire.sketch import moments
from monitoring.drift.compute.relations import Moments, measured
from monitoring.models import Alert, GoldenCheck
from monitoring.readings import ReadingWords
from monitoring.rules import evidence_table
from monitoring.rules.evidence import ORIGINS, observed, weigh
from monitoring.rules.evidence_table import SEEN

KEYS = ("force", "power", "heat")
TIES = np.array([[1.0, 0.9, 0.8], [0.9, 1.0, 0.75], [0.8, 0.75, 1.0]])


def windows(n: int, shift: np.ndarray, *, seed: int = 0, grows: bool = False, stuck: int = -1) -> Moments:
    """``n`` windows of 10 parts whose readings hang together and are shifted (3,)."""
    random = np.random.default_rng(seed)
    rows = random.multivariate_normal(np.zeros(3), TIES, size=10 * n)
    by = np.linspace(0, 2, len(rows))[:, None] if grows else 1.0
    rows = rows + by * shift
    if stuck >= 0:
        rows[:, stuck] = rows[0, stuck]
    return Moments.of([[moments(one) for one in rows[10 * at : 10 * at + 10].T] for at in range(n)])


def told(shift: list[float], **how: object) -> dict[str, object]:
    calm = windows(20, np.zeros(3), seed=1)
    seen = measured(KEYS, calm, windows(12, np.array(shift), **how), np.ones(3), TIES)  # type: ignore[arg-type]
    assert seen is not None
    return seen


def test_a_sensor_that_moves_alone_leaves_the_others() -> None:
    seen = told([0.0, 4.0, 0.0])
    assert seen["reading"] == "power"
    assert seen["share"] > 0.9


def test_readings_that_move_as_they_go_together_leave_nobody() -> None:
    seen = told([3.0, 2.9, 2.8])
    assert seen["share"] < 0.6


def test_what_grows_is_told_from_what_came_at_once_and_a_sensor_that_sticks_is_named() -> None:
    assert told([0.0, 4.0, 0.0], grows=True)["course"] < 0.4
    assert 0.7 < told([0.0, 4.0, 0.0])["course"] < 1.3
    stuck = told([0.0, 0.0, 0.0], stuck=2)
    assert (stuck["stuck"], round(stuck["still"], 6)) == ("heat", 0.0)


def test_too_few_parts_say_nothing() -> None:
    calm = windows(20, np.zeros(3))
    assert measured(KEYS, calm, windows(2, np.ones(3)), np.ones(3), TIES) is None


def test_every_bin_that_can_be_observed_was_counted_under_every_cause() -> None:
    for share in np.linspace(0, 1, 21):
        for rest in np.linspace(0, 20, 21):
            seen = {"still": 1.0, "share": share, "rest": rest, "total": rest, "course": share}
            for key, place in observed(seen, recipe=bool(share > 0.5), lot=False).items():
                assert all(0 < one < 1 for one in SEEN[key][place])


def test_the_table_is_as_the_command_writes_it_and_its_shares_add_up() -> None:
    assert Path(evidence_table.__file__).read_text(encoding="utf-8") == verdicts.written(SEEN, 0, 30)
    for places in SEEN.values():
        for cause in range(len(ORIGINS)):
            assert sum(one[cause] for one in places.values()) == pytest.approx(1.0, abs=1e-3)


def test_probabilities_add_up_and_a_weak_hint_names_nobody() -> None:
    for bins in ({}, {"recipe": "no"}, {"relations": "30", "course": "0", "still": "no"}):
        by = weigh(bins)
        assert sum(by.probabilities.values()) == pytest.approx(1.0)
    assert weigh({}).origin is None
    assert weigh({"recipe": "no"}).origin is None


def test_a_sensor_that_sticks_is_named_and_a_new_recipe_is_the_process() -> None:
    assert weigh({"still": "yes"}).origin == "sensor"
    assert weigh({"recipe": "yes", "relations": "03", "still": "no"}).origin == "process"


def test_how_alerts_like_it_ended_moves_the_opinion() -> None:
    plain, after = weigh({"recipe": "no"}), weigh({"recipe": "no"}, {"sensor": 8})
    assert after.probabilities["sensor"] > plain.probabilities["sensor"]
    assert set(plain.probabilities) == set(ORIGINS)


@pytest.mark.django_db
def test_the_page_names_a_cause_with_its_probability_or_says_what_would_tell(
    floor: Any, client_for: Any
) -> None:
    now = timezone.now()
    stored = {"statistic": "mean", "value": 9.0, "limit": 4.8, "shift": 5.83, "first": now.isoformat()}
    alert = Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature="pressure",
        features={"pressure": stored}, since=now - timedelta(minutes=40), opened_at=now,
    )  # fmt: skip
    seen = told([3.0, 2.9, 2.8]) | {"reading": "pressure", "stuck": "pressure"}
    client = client_for(floor.cast.one.domain_expert)
    for bins, words in (
        ({"relations": "03", "recipe": "yes", "still": "no"}, "Proposed: the process changed."),
        ({"recipe": "no"}, "Not sure yet."),
    ):
        Alert.objects.filter(pk=alert.pk).update(evidence={**seen, "bins": bins})
        page = client.get(f"/alerts/{alert.pk}/").text
        assert words in page
        assert "Readings still fit one another" in page
        assert ("This would tell:" in page) == (words == "Not sure yet.")


def an_alert(floor: Any, bins: dict[str, str], *, feature: str = "pressure", **evidence: object) -> Alert:
    now = timezone.now()
    stored = {"statistic": "mean", "value": 9.0, "limit": 4.8, "shift": 5.83, "first": now.isoformat()}
    seen = told([3.0, 2.9, 2.8]) | {"reading": "pressure", "stuck": "thickness"}
    return Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature=feature,
        features={feature: stored}, since=now - timedelta(minutes=40), opened_at=now,
        evidence={**seen, **evidence, "bins": bins},
    )  # fmt: skip


def page_of(floor: Any, client_for: Any, alert: Alert) -> str:
    return str(client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").text)


@pytest.mark.django_db
def test_what_speaks_against_the_cause_that_is_named_is_no_reason_for_it(floor: Any, client_for: Any) -> None:
    bins = {"still": "no", "relations": "10", "course": "2", "recipe": "yes", "lot": "yes", "total": "1"}
    page = page_of(floor, client_for, an_alert(floor, bins, share=0.5))
    assert "Proposed: the process changed." in page
    assert "A recipe changed as it began." in page
    assert "Readings moved as they go together:" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bin_of", "title"),
    [("recipe", "A recipe changed"), ("lot", "A lot changed"), ("", "No change recorded")],
)
def test_a_recipe_or_lot_that_came_with_it_is_no_missing_change(
    floor: Any, client_for: Any, bin_of: str, title: str
) -> None:
    bins = {"still": "no", "relations": "03", "recipe": "no", "lot": "no"} | (
        {bin_of: "yes"} if bin_of else {}
    )
    page = page_of(floor, client_for, an_alert(floor, bins))
    assert title in page
    assert ("No change recorded" in page) == (not bin_of)


@pytest.mark.django_db
def test_a_sensor_that_sticks_is_the_same_in_check_and_proposal(floor: Any, client_for: Any) -> None:
    name = floor.model.features.get(key="thickness")
    page = page_of(floor, client_for, an_alert(floor, {"still": "yes"}))
    assert "Proposed: a sensor is at fault." in page
    assert "Sensor sticks" in page
    assert "Readings still fit one another" not in page
    assert str(ReadingWords(floor.model).name(name.key)) in page


CALM = {"still": "no", "relations": "01", "course": "2", "total": "0", "recipe": "no", "lot": "no"}


@pytest.mark.django_db
def test_no_false_alarm_is_proposed_beside_a_check_that_found_something(floor: Any, client_for: Any) -> None:
    assert weigh(CALM).origin == "nothing"
    alert = an_alert(floor, CALM)
    assert "Proposed: a false alarm." in page_of(floor, client_for, alert)
    GoldenCheck.objects.create(
        version=floor.version, set_digest="0" * 64, passed=False, at=timezone.now(),
        results=[{"passed": False, "truth": "ok", "safety": False}],
    )  # fmt: skip
    page = page_of(floor, client_for, alert)
    assert "Not sure yet." in page
    assert "Proposed: a false alarm." not in page


@pytest.mark.django_db
def test_readings_that_look_as_before_say_nothing_of_a_model_that_errs(floor: Any, client_for: Any) -> None:
    page = page_of(floor, client_for, an_alert(floor, CALM, feature=":error"))
    assert "Readings still fit one another" not in page
    assert "left the others" not in page
    assert "nothing but chance" not in page
    assert "Proposed: a false alarm." not in page
