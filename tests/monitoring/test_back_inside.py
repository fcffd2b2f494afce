"""An alert says since when its readings are back inside, and by what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.alerts.selectors.back import back_inside, back_words
from monitoring.models import Alert, Prediction, ProcessChange, StatisticPoint

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def alert(floor) -> Alert:
    """Pressure left at minute −60 and thickness joined."""
    moved = {"statistic": "psi", "value": 3, "limit": 1, "shift": 5.0, "first": NOW.isoformat()}
    return Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature="pressure",
        features=dict.fromkeys(("pressure", "thickness"), moved), since=NOW - 60 * MINUTE,
        opened_at=NOW - 58 * MINUTE,
    )  # fmt: skip


def window(alert: Alert, minute: int, value: float, feature: str = "pressure") -> None:
    StatisticPoint.objects.create(
        asset=alert.asset, version=alert.version, feature=feature, statistic="psi", n=100, value=value,
        limit=1, starts=NOW + minute * MINUTE, ends=NOW + (minute + 1) * MINUTE,
    )  # fmt: skip


def part(alert: Alert, minute: int, tool: str) -> None:
    Prediction.objects.create(
        id=f"node-1:{minute}", node=alert.machine.node, asset=alert.machine, version=alert.judged_by,
        activation="press-1/1", part_id=f"p{minute}", tool=tool, label="ok", confidence=0.9,
        at=NOW + minute * MINUTE,
    )  # fmt: skip


def change(alert: Alert, minute: int, value: str) -> None:
    ProcessChange.objects.create(asset=alert.machine, kind="tool", value=value, at=NOW + minute * MINUTE)


def came_back(alert: Alert) -> None:
    for minute, value in ((-60, 3), (-40, 2), (-20, 0.5), (-10, 0.4)):
        window(alert, minute, value)


def test_it_is_back_since_the_first_window_inside_and_by_the_tool_that_was_changed(alert):
    came_back(alert)
    part(alert, -41, "52")
    change(alert, -25, "53")
    back = back_inside(alert)
    assert back is not None
    assert (back.since, back.by, back.seen) == (NOW - 20 * MINUTE, "Tool 52 → 53", False)
    assert "after Tool 52 → 53." in back_words(back)


def test_a_change_that_nobody_recorded_is_seen_in_the_parts(alert):
    came_back(alert)
    part(alert, -41, "52")
    part(alert, -19, "53")
    assert "after Tool 52 → 53 (seen by the node, not recorded)" in back_words(back_inside(alert))


def test_with_no_change_known_it_says_so(alert):
    came_back(alert)
    change(alert, -300, "51")  # long before
    assert "nobody recorded a change" in back_words(back_inside(alert))


def test_one_window_inside_is_not_back_nor_while_another_reading_is_out(alert):
    window(alert, -60, 3)
    window(alert, -20, 0.5)
    assert back_inside(alert) is None
    window(alert, -10, 0.5)
    assert back_inside(alert) is not None
    window(alert, -5, 3, feature="thickness")
    assert back_inside(alert) is None
    assert back_words(None) == ""


def test_the_alerts_page_says_it(alert, floor, client_for):
    came_back(alert)
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/")
    assert "Back inside its limits since" in page.text
