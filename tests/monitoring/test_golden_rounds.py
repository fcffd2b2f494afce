"""Golden parts that people run: due, run part by part, good or not, and what follows."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Shift
from mlops_portal.foundation.registry.models import Champion
from mlops_portal.foundation.shell.models import Notification
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.errors import NotARound, RoundOver
from monitoring.golden.selectors.rounds import left, open_for, runnable_for
from monitoring.golden.services.plans import golden_plan_set
from monitoring.golden.services.rounds import round_begin, round_hear, round_say, rounds_due, rounds_late
from monitoring.golden.services.samples import golden_add
from monitoring.models import Containment, GoldenAnswer, GoldenPlan, GoldenRound, Prediction, ProcessChange

pytestmark = pytest.mark.django_db
READINGS = {"pressure": 151.4, "thickness": 2.0}
PLAN = {"at_shift": True, "at_changeover": True, "minutes": 30, "second_person": False}


@pytest.fixture
def golden(floor):
    """A good part, a cracked one, and one that lies between."""
    by = floor.cast.whole.domain_expert
    for code, truth, borderline in (("G-01", "ok", False), ("G-02", "crack", False), ("G-03", "crack", True)):
        golden_add(
            by=by, model=floor.model, code=code, readings=READINGS, truth=truth, borderline=borderline,
            part=f"part-{code}", place="Drawer 3",
        )  # fmt: skip
    Champion.objects.create(
        asset=floor.press, version=floor.version, number=1, since=timezone.now() - timedelta(days=2)
    )
    return floor


@pytest.fixture
def operator(golden):
    return golden.cast.one.operator


def begun(golden, operator) -> GoldenRound:
    return round_begin(by=operator, asset=golden.press, model=golden.model)


def run(one: GoldenRound, by, **said: str) -> GoldenRound:
    """The station says the truth, but where ``said`` has it otherwise."""
    truths = {"G_01": "ok", "G_02": "crack", "G_03": "ok"} | said
    for code in list(left(one)):
        answer = truths[code.replace("-", "_")]
        round_say(by=by, one=one, code=code, said=answer, note="" if answer else "It is lost")
    one.refresh_from_db()
    return one


def planned(golden, ago: timedelta = timedelta(days=1)) -> GoldenPlan:
    plan = golden_plan_set(by=golden.cast.whole.quality_engineer, model=golden.model, **PLAN)
    GoldenPlan.objects.update(set_at=timezone.now() - ago)
    return plan


def test_all_clear_parts_seen_right_pass_whatever_is_said_of_borderline_ones(golden, operator):
    one = run(begun(golden, operator), operator)
    assert one.state == "passed"
    assert not Containment.objects.exists()
    assert Event.objects.get(type="monitoring.golden_round.passed").data["heard"] == 0


def test_a_part_that_is_not_seen_right_puts_in_doubt_what_was_judged_since_the_last_good_round(
    golden, operator
):
    good = run(begun(golden, operator), operator)
    one = run(begun(golden, operator), operator, G_02="ok")
    doubt = Containment.objects.get()
    assert (one.state, doubt.facts["parts"], doubt.grows) == ("failed", "G-02", True)
    assert (doubt.began, doubt.since) == ("check", good.begun_at)
    assert Notification.objects.filter(kind="golden.round", person=golden.cast.one.quality_engineer).exists()


def test_the_next_good_round_ends_the_doubt(golden, operator):
    run(begun(golden, operator), operator, G_01="crack")
    good = run(begun(golden, operator), operator)
    assert Containment.objects.get().until == good.begun_at


def test_a_part_that_is_lost_makes_no_good_check_and_no_bad_one(golden, operator):
    one = run(begun(golden, operator), operator, G_01="")
    assert one.state == "incomplete"
    assert not Containment.objects.exists()
    assert GoldenAnswer.objects.get(sample__code="G-01").note == "It is lost"


def test_what_could_not_be_run_says_why_and_no_class_is_made_up(golden, operator):
    one = begun(golden, operator)
    with pytest.raises(NotARound, match="why"):
        round_say(by=operator, one=one, code=one.order[0], said="")
    with pytest.raises(NotARound, match="no class"):
        round_say(by=operator, one=one, code=one.order[0], said="rust")
    with pytest.raises(NotARound, match="no part of this round"):
        round_say(by=operator, one=one, code="G-99", said="ok")


def test_what_the_node_judged_of_the_part_counts_before_what_a_person_types(golden, operator):
    one = begun(golden, operator)
    Prediction.objects.create(
        id="node-1:9", node=golden.node, asset=golden.press, version=golden.version, activation="press-1/1",
        part_id="part-G-02", label="ok", confidence=0.8, at=timezone.now(),
    )  # fmt: skip
    one = run(one, operator)
    answer = GoldenAnswer.objects.get(sample__code="G-02")
    assert (answer.said, answer.prediction, answer.confidence) == ("ok", "node-1:9", 0.8)
    assert one.state == "failed"


def test_parts_that_the_node_names_are_heard_by_themselves(golden, operator):
    one = begun(golden, operator)
    for code, label in (("G-01", "ok"), ("G-02", "crack"), ("G-03", "crack")):
        Prediction.objects.create(
            id=f"node-1:{code}", node=golden.node, asset=golden.press, version=golden.version, label=label,
            activation="press-1/1", part_id=f"part-{code}", confidence=0.9, at=timezone.now(),
        )  # fmt: skip
    assert round_hear(by=operator, one=one) == 3
    one.refresh_from_db()
    assert one.state == "passed"


def test_a_part_is_run_once_in_a_round(golden, operator):
    one = begun(golden, operator)
    round_say(by=operator, one=one, code=one.order[0], said="ok")
    with pytest.raises(RoundOver):
        round_say(by=operator, one=one, code=one.order[0], said="crack")


def test_who_begins_while_it_runs_goes_on_with_the_same_round(golden, operator):
    first = begun(golden, operator)
    assert round_begin(by=golden.cast.whole.operator, asset=golden.press, model=golden.model) == first
    with pytest.raises(NotAllowed):
        round_begin(by=golden.cast.two.operator, asset=golden.press, model=golden.model)


def test_a_shift_makes_them_due_once_and_only_where_a_person_planned_it(golden, operator):
    Shift.objects.create(site=golden.cast.site, name="All day", starts=time(0, 0), ends=time(23, 59))
    assert rounds_due() == 0
    planned(golden)
    assert (rounds_due(), rounds_due()) == (1, 0)
    due = open_for(operator).get()
    assert (due.why, due.state) == ("shift", "due")
    assert begun(golden, operator) == due


def test_a_changeover_makes_them_due_unless_they_were_run_since(golden, operator):
    planned(golden)
    ProcessChange.objects.create(asset=golden.press, kind="tool", at=timezone.now() - timedelta(minutes=5))
    assert (rounds_due(), rounds_due()) == (1, 0)
    run(begun(golden, operator), operator)
    assert rounds_due() == 0
    ProcessChange.objects.create(asset=golden.press, kind="tool", at=timezone.now())
    assert rounds_due() == 1


def test_late_ones_are_told_once_and_overtaken_ones_are_missed(golden, operator):
    planned(golden)
    now = timezone.now()
    old = GoldenRound.objects.create(
        model=golden.model, asset=golden.press, why="shift", why_key="shift/old",
        due_at=now - timedelta(hours=9), late_at=now - timedelta(hours=8),
    )  # fmt: skip
    assert (rounds_late(), rounds_late()) == (1, 0)
    assert Notification.objects.filter(kind="golden.round", person=operator).count() == 1
    Shift.objects.create(site=golden.cast.site, name="All day", starts=time(0, 0), ends=time(23, 59))
    rounds_due()
    old.refresh_from_db()
    assert old.state == "missed"
    assert Event.objects.filter(type="monitoring.golden_round.missed").count() == 1


def test_a_round_that_somebody_left_is_missed_and_blocks_nobody(golden, operator):
    one = begun(golden, operator)
    GoldenRound.objects.update(begun_at=timezone.now() - timedelta(days=1))
    rounds_late()
    one.refresh_from_db()
    assert one.state == "missed"
    assert begun(golden, operator).pk != one.pk


def test_what_can_be_run_is_what_runs_and_has_golden_parts(golden, operator):
    assert [(one.asset, one.model) for one in runnable_for(operator)] == [(golden.press, golden.model)]
    assert runnable_for(golden.cast.two.operator) == []
