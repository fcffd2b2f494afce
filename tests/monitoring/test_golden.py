"""Golden samples: the truth of a named skilled person, kept as one set with a digest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import PersonSkill, Skill
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.wire import golden
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from monitoring.errors import CodeTaken, Retired
from monitoring.golden.selectors.samples import golden_bytes, golden_set, next_code
from monitoring.golden.services.samples import golden_add, golden_retire
from monitoring.models import GoldenSample

pytestmark = pytest.mark.django_db
READINGS = {"pressure": 146.2, "thickness": 2.01}


@pytest.fixture
def judge(cast):
    return cast.whole.domain_expert


def add(floor, judge, code="G-01", **more):
    given = {"readings": READINGS, "truth": "crack"} | more
    return golden_add(by=judge, model=floor.model, code=code, **given)


def test_a_sample_carries_the_name_of_who_gave_its_truth(floor, judge):
    sample = add(floor, judge, tolerance=0.7, safety=True)
    assert (sample.judged_by, sample.truth, sample.tolerance, sample.safety) == (judge, "crack", 0.7, True)
    event = Event.objects.get(type="monitoring.golden.added")
    assert event.data["code"] == "G-01"
    assert {(ref.kind, ref.key) for ref in event.subjects.all()} >= {
        ("golden_sample", "press-quality/G-01"),
        ("person", str(judge.pk)),
    }


def test_the_set_is_what_nodes_read_and_its_digest_changes_with_it(floor, judge):
    add(floor, judge)
    before, digest = golden_bytes(floor.model)
    assert [one.code for one in golden.parse(before)] == ["G-01"]
    assert golden_set(floor.model)[0]["samples"][0]["readings"] == READINGS
    add(floor, judge, "G-02", truth="ok")
    assert golden_bytes(floor.model)[1] != digest
    golden_retire(by=judge, sample=GoldenSample.objects.get(code="G-02"))
    assert golden_bytes(floor.model)[1] == digest


def test_a_missing_reading_stays_missing(floor, judge):
    sample = add(floor, judge, readings={"pressure": 146.2})
    assert sample.readings == {"pressure": 146.2, "thickness": None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"truth": "banana"},
        {"tolerance": 0},
        {"tolerance": 1.1},
        {"readings": {}},
        {"readings": {"foreign": 1.0}},
        {"readings": {"pressure": "high"}},
        {"readings": {"pressure": float("nan")}},
        {"code": ""},
        {"code": "a/b"},
        {"code": "x" * 21},
    ],
)
def test_what_does_not_fit_is_refused(floor, judge, wrong):
    with pytest.raises(Invalid):
        add(floor, judge, **wrong)
    assert not GoldenSample.objects.exists()


def test_a_code_in_force_is_given_once(floor, judge):
    first = add(floor, judge)
    with pytest.raises(CodeTaken):
        add(floor, judge)
    golden_retire(by=judge, sample=first)
    add(floor, judge)
    assert next_code(floor.model) == "G-02"


def test_retiring_is_undone_and_happens_once(floor, judge):
    sample = add(floor, judge)
    token = golden_retire(by=judge, sample=sample)
    with pytest.raises(Retired):
        golden_retire(by=judge, sample=sample)
    undo.run(by=judge, token=token)
    assert GoldenSample.objects.filter(retired_at=None).exists()


def test_retiring_cannot_be_undone_once_the_code_was_given_anew(floor, judge):
    token = golden_retire(by=judge, sample=add(floor, judge))
    add(floor, judge, truth="ok")
    with pytest.raises(CodeTaken):
        undo.run(by=judge, token=token)


def test_where_a_skill_is_taught_only_the_skilled_give_a_truth(floor, judge, cast):
    skill = Skill.objects.create(slug="cracks", name="Judging cracks", asset_type=floor.model.asset_type)
    with pytest.raises(NotAllowed, match="no skill"):
        add(floor, judge)
    now = timezone.now()
    held = PersonSkill.objects.create(
        person=cast.one.operator, skill=skill, given_at=now, expires_at=now + timedelta(days=9)
    )
    assert add(floor, judge, judged_by=cast.one.operator).judged_by == cast.one.operator
    PersonSkill.objects.filter(pk=held.pk).update(expires_at=now - timedelta(days=1))
    with pytest.raises(NotAllowed):
        add(floor, judge, "G-02", judged_by=cast.one.operator)


def test_an_expert_of_one_line_does_not_change_the_set_of_all(floor, cast):
    with pytest.raises(NotAllowed, match="whole site"):
        add(floor, cast.one.domain_expert)
