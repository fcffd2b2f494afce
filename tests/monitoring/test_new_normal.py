"""“Take this as the new normal”: a deed with a reason, shown, and undone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.errors import NormalMoved, NotAMeasure
from monitoring.measures.services.measures import measure_add
from monitoring.measures.services.normals import measure_relearn, measure_relearn_undo
from monitoring.measures.tasks.measures import judge
from monitoring.models import Measure
from tests.monitoring.test_measures import flow, minutes, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


@pytest.fixture
def air(floor, expert) -> Measure:
    """A measure whose level rose by 10 at 150 minutes ago."""
    measure = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Air flow", kind="process",
        reference_size=60,
    )  # fmt: skip
    send(measure, expert, minutes(flow(100), ago=250))
    send(measure, expert, minutes(flow(100, 10.0, seed=5), ago=150))
    return measure


def taken(air: Measure, by, reason: str = "New compressor"):
    done = measure_relearn(by=by, measure=air, since=timezone.now() - timedelta(minutes=149), reason=reason)
    judge(air)
    return done


def test_the_new_level_is_normal_and_says_who_said_so_and_why(air, expert, client_for):
    old = dict(air.fitted)
    assert air.values.last().on
    deed = taken(air, expert)
    assert air.fitted["mean"] == pytest.approx(130, abs=1.5)
    assert not air.values.last().on
    assert deed.before["fitted"] == old
    page = client_for(expert).get(f"/measures/{air.pk}/").content.decode()
    for words in ("new normal: New compressor", "Levels taken as normal", "Take the last one back"):
        assert words in page, words
    assert Event.objects.get(type="monitoring.measure.relearned").data["reason"] == "New compressor"


def test_it_is_undone_and_the_reference_before_it_counts_again(air, expert, client_for):
    old, judged = dict(air.fitted), list(air.values.values_list("at", "on"))
    taken(air, expert)
    done = client_for(expert).post(f"/measures/{air.pk}/relearn/undo/", {"reason": "It was a leak"})
    assert done.status_code == 302
    air.refresh_from_db()
    judge(air)
    assert air.fitted == old
    assert list(air.values.values_list("at", "on")) == judged
    page = client_for(expert).get(f"/measures/{air.pk}/").content.decode()
    assert "taken back" in page
    assert "new normal: New compressor" not in page
    assert Event.objects.filter(type="monitoring.measure.relearn_undone").count() == 1
    with pytest.raises(NormalMoved, match="no new normal"):
        measure_relearn_undo(by=expert, measure=air, reason="again")


def test_without_a_reason_or_a_right_nothing_is_taken(air, floor, expert):
    for reason in (" ", "x" * 501):
        with pytest.raises(NotAMeasure, match="Say why"):
            taken(air, expert, reason)
    with pytest.raises(NotAllowed):
        taken(air, floor.cast.one.operator)
    taken(air, expert)
    with pytest.raises(NotAllowed):
        measure_relearn_undo(by=floor.cast.one.operator, measure=air, reason="no")


def test_a_joint_measure_is_taken_along_and_back(air, floor, expert):
    other = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Power", kind="process", reference_size=60
    )
    joint = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Drive", kind="process",
        parts=[air, other], reference_size=60,
    )  # fmt: skip
    begins = joint.reference_from
    deed = taken(air, expert)
    joint.refresh_from_db()
    assert joint.reference_from == deed.since
    with pytest.raises(NormalMoved, match="Air flow"):
        measure_relearn_undo(by=expert, measure=joint, reason="no")
    measure_relearn_undo(by=expert, measure=air, reason="It was a leak")
    joint.refresh_from_db()
    assert joint.reference_from == begins


def test_the_api_takes_it_lists_it_and_takes_it_back(air, expert, client_for):
    client = client_for(expert)

    def post(verb: str, **body):
        address = f"/api/v1/measures/{air.pk}/{verb}/"
        return client.post(address, json.dumps(body), content_type="application/json")

    assert post("relearn", since=timezone.now().isoformat()).status_code == 422
    assert post("relearn", since=timezone.now().isoformat(), reason="New compressor").status_code == 200
    assert post("relearn-undo", reason="A leak").status_code == 200
    assert post("relearn-undo", reason="A leak").status_code == 409
    listed = client.get(f"/api/v1/measures/{air.pk}/normals/").json()
    assert [(one["reason"], one["undone_reason"]) for one in listed] == [("New compressor", "A leak")]
