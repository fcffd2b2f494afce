"""Joint measures: what may be joined, late and missing values, alerts and who carries them."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.alerts.services import alert_resolve
from monitoring.errors import MeasureInUse, NotAMeasure, ValueUnfit
from monitoring.measures.services.measures import measure_add, measure_end
from monitoring.measures.services.normals import measure_relearn
from monitoring.measures.services.values import values_record
from monitoring.measures.tasks import parts as parts_job
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Measure
from tests.monitoring.test_measures import expert, minutes  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
SIZE = 120


def single(floor, by, name: str, **more) -> Measure:
    facts = {"line": floor.cast.line_1, "asset": floor.press, "kind": "process", "reference_size": 100}
    return measure_add(by=by, name=name, **(facts | more))


def joined(by, parts, **more) -> Measure:
    facts = {"line": parts[0].line, "name": "All of it", "kind": "process", "reference_size": SIZE}
    return measure_add(by=by, parts=parts, **(facts | more))


@pytest.fixture
def parts(floor, expert):  # noqa: F811
    return [single(floor, expert, name, tolerance=None) for name in ("Air", "Power", "Heat")]


@pytest.fixture
def joint(parts, expert):  # noqa: F811
    return joined(expert, parts)


def rows(n: int, seed: int = 1, shifts=(0.0, 0.0, 0.0), rho: float = 0.8) -> np.ndarray:
    root = np.linalg.cholesky(np.full((3, 3), rho) + (1 - rho) * np.eye(3))
    return 50 + np.random.default_rng(seed).normal(size=(n, 3)) @ root.T + np.array(shifts)


def send(parts, by, table: np.ndarray, *, ago: int) -> None:
    moments = [moment for moment, _value in minutes(table[:, 0], ago=ago)]
    for at, part in enumerate(parts):
        pairs = zip(moments, table[:, at].tolist(), strict=True)
        found = [(moment, value) for moment, value in pairs if math.isfinite(value)]
        if found:
            values_record(by=by, measure=part, values=found)


def learnt(joint: Measure, parts, by) -> Measure:
    send(parts, by, rows(SIZE + 1), ago=400)
    judge(joint)
    joint.refresh_from_db()
    return joint


def test_several_measures_are_joined_and_the_log_names_them(joint, parts):
    assert (joint.chart, joint.asset, joint.joint) == ("mewma", None, True)
    assert list(joint.parts.order_by("pk")) == parts
    event = Event.objects.order_by("pk").last()
    assert event.type == "monitoring.measure.added"
    named = event.subjects.filter(relation="part").values_list("key", flat=True)
    assert set(named) == {one.key for one in parts}


def test_what_cannot_be_watched_together_is_refused_in_words(floor, expert, parts, joint):  # noqa: F811
    other = measure_add(by=floor.cast.whole.domain_expert, line=floor.cast.line_2, name="Far", kind="process")
    ended = single(floor, expert, "Gone")
    measure_end(by=expert, measure=ended)
    ended.refresh_from_db()
    mine = parts[:2]
    for wrong, words in (
        ({"parts": mine[:1]}, "2 to 12"),
        ({"parts": mine[:1] * 2}, "2 to 12"),
        ({"parts": (), "chart": "mewma"}, "2 to 12"),
        ({"parts": [mine[0], joint]}, "joint measure itself"),
        ({"parts": [mine[0], other]}, "not of Line 1"),
        ({"parts": [mine[0], ended]}, "was ended"),
        ({"parts": mine, "chart": "cusum"}, "MEWMA"),
        ({"parts": mine, "bad": "up"}, "those of the parts"),
        ({"parts": mine, "tolerance": 1.0}, "those of the parts"),
        ({"parts": parts, "reference_size": 14}, "at least 15"),
    ):
        with pytest.raises(NotAMeasure, match=words):
            measure_add(
                **({"by": expert, "line": floor.cast.line_1, "name": "Both", "kind": "process"} | wrong)
            )
    with pytest.raises(NotAllowed):
        joined(floor.cast.one.operator, mine, name="Both")
    assert Measure.objects.filter(chart="mewma").count() == 1


def test_the_values_of_a_joint_measure_are_not_sent(joint, expert):  # noqa: F811
    with pytest.raises(ValueUnfit, match="follow from its parts"):
        values_record(by=expert, measure=joint, values=[(timezone.now(), 1.0)])


def test_a_part_is_not_ended_under_a_joint_measure_in_force(joint, parts, expert):  # noqa: F811
    with pytest.raises(MeasureInUse, match="All of it"):
        measure_end(by=expert, measure=parts[0])
    assert Measure.objects.get(pk=parts[0].pk).ended_at is None
    measure_end(by=expert, measure=joint)
    measure_end(by=expert, measure=parts[0])


def test_it_learns_from_whole_steps_and_then_says_t2_at_each(joint, parts, expert):  # noqa: F811
    table = rows(SIZE + 21)
    table[50, 1] = np.nan
    send(parts, expert, table, ago=300)
    assert judge(joint) == 19
    joint.refresh_from_db()
    assert joint.fitted["n"] == SIZE
    assert joint.fitted["limit"] > 5
    assert joint.values.count() == 19
    last = joint.values.last()
    assert last.up == pytest.approx(math.sqrt(last.value / joint.fitted["limit"]))
    assert (last.down, last.on, len(last.carried["z"])) == (0.0, False, 3)
    assert judge(joint) == 0


def test_a_step_too_small_for_each_raises_one_alert_that_names_who_carries_it(joint, parts, expert):  # noqa: F811
    learnt(joint, parts, expert)
    assert not Alert.objects.exists()
    send(parts, expert, rows(60, seed=5, shifts=(0.0, 1.2, 0.0)), ago=100)
    judge(joint)
    alert = Alert.objects.get()
    assert (alert.measure, alert.kind, alert.version) == (joint, "process_drift", None)
    found = alert.features[joint.key]["parts"]
    assert found[0]["key"] == parts[1].key
    assert found[0]["share"] > 0.5
    assert found[0]["shift"] == pytest.approx(1.2, abs=0.5)
    assert [one["share"] for one in found] == sorted((one["share"] for one in found), reverse=True)
    assert abs(alert.since - (timezone.now() - timedelta(minutes=100))) < timedelta(minutes=15)
    send(parts, expert, rows(20, seed=6, shifts=(0.0, 1.2, 0.0)), ago=30)
    judge(joint)
    assert Alert.objects.count() == 1


def test_a_broken_relation_raises_one_although_no_level_moved(joint, parts, expert):  # noqa: F811
    learnt(joint, parts, expert)
    table = rows(150, seed=8)
    table[:, 2] = rows(150, seed=9)[:, 2]
    send(parts, expert, table, ago=200)
    judge(joint)
    assert Alert.objects.get().features[joint.key]["parts"][0]["key"] == parts[2].key


def test_parts_in_any_order_late_and_corrected_give_one_chart(floor, joint, parts, expert):  # noqa: F811
    learnt(joint, parts, expert)
    twins = [single(floor, expert, f"Twin {at}") for at in range(3)]
    twin = joined(expert, twins, name="Twin of all")
    learnt(twin, twins, expert)
    table = rows(80, seed=3, shifts=(0.6, 0.0, 0.0))
    moments = [moment for moment, _value in minutes(table[:, 0], ago=200)]
    columns = [list(zip(moments, table[:, at].tolist(), strict=True)) for at in range(3)]
    for at, part in enumerate(parts):
        values_record(by=expert, measure=part, values=columns[at])
    judge(joint)
    random = np.random.default_rng(2)
    for at in random.permutation(3):
        found = columns[at]
        for piece in np.array_split(random.permutation(80), 4):
            values = [(found[one][0], found[one][1] + (at == 1)) for one in piece]
            values_record(by=expert, measure=twins[at], values=values)
            judge(twin)
    values_record(by=expert, measure=twins[1], values=columns[1])
    assert twin.values.filter(on=None).exists()
    judge(twin)
    names = ("at", "value", "up", "on")
    mine, other = (list(one.values.values_list(*names)) for one in (joint, twin))
    assert [row[0] for row in mine] == [row[0] for row in other]
    assert np.allclose([row[1] for row in mine], [row[1] for row in other])
    assert [row[3] for row in mine] == [row[3] for row in other]
    assert joint.fitted["limit"] == twin.fitted["limit"]


def test_a_step_waits_for_its_parts_and_goes_on_without_one_that_is_silent(joint, parts, expert):  # noqa: F811
    learnt(joint, parts, expert)
    start = joint.reference_to
    now = start + timedelta(minutes=1, seconds=30)

    def tell(part, minute: int, value: float) -> None:
        values_record(by=expert, measure=part, values=[(start + timedelta(minutes=minute), value)], now=now)

    for part in parts[:2]:
        tell(part, 1, 50.0)
    assert judge(joint, now=now) == 0
    tell(parts[2], 1, 50.0)
    assert judge(joint, now=now) == 1
    known = joint.values.get()
    for part in parts[:2]:
        tell(part, 2, 58.0)
    assert judge(joint, now=now + timedelta(hours=1)) == 1
    after = joint.values.last()
    assert (after.value, after.carried) == (pytest.approx(known.value), known.carried)
    tell(parts[2], 2, 50.0)
    assert judge(joint, now=now + timedelta(hours=1)) == 1
    assert joint.values.last().value > known.value


def test_a_fast_part_gives_its_mean_over_the_steps_of_the_slow_one(floor, expert):  # noqa: F811
    slow, fast = single(floor, expert, "Hourly"), single(floor, expert, "Each minute")
    both = joined(expert, [slow, fast], reference_size=30)
    random = np.random.default_rng(4)
    send([slow], expert, random.normal(size=(1, 1)), ago=2000)
    for at in range(40):
        moment = timezone.now().replace(microsecond=0) - timedelta(minutes=1000 - 20 * at)
        values_record(by=expert, measure=slow, values=[(moment, random.normal())])
    values_record(by=expert, measure=fast, values=minutes(random.normal(size=900), ago=1010))
    judge(both)
    both.refresh_from_db()
    assert both.fitted["steps"] == {"pace": 0, "slack": pytest.approx(120)}
    assert both.fitted["parts"][1]["sd"] == pytest.approx(1 / math.sqrt(20), rel=0.5)
    assert both.values.count() == 9


def test_a_step_that_matters_to_no_part_raises_nothing(floor, expert):  # noqa: F811
    parts = [single(floor, expert, name, tolerance=5.0) for name in ("A", "B", "C")]
    joint = joined(expert, parts)
    learnt(joint, parts, expert)
    send(parts, expert, rows(60, seed=5, shifts=(0.0, 1.5, 0.0)), ago=100)
    judge(joint)
    assert joint.values.filter(on=True).exists()
    assert not Alert.objects.exists()
    Measure.objects.filter(pk=parts[1].pk).update(tolerance=0.8)
    send(parts, expert, rows(5, seed=7, shifts=(0.0, 1.5, 0.0)), ago=30)
    judge(joint)
    assert Alert.objects.get().measure == joint


def test_what_a_part_says_itself_is_not_said_again(joint, parts, expert):  # noqa: F811
    learnt(joint, parts, expert)
    judge(parts[0])
    send(parts, expert, rows(60, seed=5, shifts=(5.0, 0.0, 0.0)), ago=100)
    judge(parts[0])
    judge(joint)
    assert joint.values.filter(on=True).exists()
    assert Alert.objects.get().measure == parts[0]
    alert_resolve(by=expert, alert=Alert.objects.get(), cause="process_change")
    send(parts, expert, rows(10, seed=6, shifts=(5.0, 0.0, 0.0)), ago=30)
    judge(joint)
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(("broken", "problem"), [(3.0, "constant:2"), (None, "equal:0,2")])
def test_parts_that_teach_nothing_together_say_which(
    joint,
    parts,
    expert,  # noqa: F811
    client_for,
    broken,
    problem,
):
    table = rows(SIZE + 1)
    table[:, 2] = table[:, 0] * 2 if broken is None else broken
    send(parts, expert, table, ago=300)
    assert judge(joint) == 0
    joint.refresh_from_db()
    assert (joint.problem, joint.fitted) == (problem, {})
    page = client_for(expert).get(f"/measures/{joint.pk}/").content.decode()
    assert "“Heat”" in page


def test_when_a_part_learns_anew_so_does_what_watches_it(joint, parts, expert):  # noqa: F811
    learnt(joint, parts, expert)
    send(parts, expert, rows(SIZE + 10, seed=5, shifts=(3.0, 0.0, 0.0)), ago=200)
    judge(joint)
    measure_relearn(
        by=expert, measure=parts[0], since=timezone.now() - timedelta(minutes=201), reason="New filter"
    )
    joint.refresh_from_db()
    assert joint.fitted == {}
    assert not joint.values.filter(at__gte=joint.reference_from).exists()
    judge(joint)
    joint.refresh_from_db()
    assert joint.fitted["parts"][0]["mean"] == pytest.approx(53, abs=0.5)
    told = Event.objects.filter(type="monitoring.measure.relearned")
    assert told.count() == 2


def test_what_was_judged_on_values_that_changed_meanwhile_is_not_written(
    joint,
    parts,
    expert,  # noqa: F811
    monkeypatch,
):
    learnt(joint, parts, expert)
    send(parts, expert, rows(3, seed=5), ago=20)
    run, known = parts_job.joint.run, parts[0].values.last()

    def corrected(*given):
        values_record(by=expert, measure=parts[0], values=[(known.at, 70.0)])
        stale.extend(run(*given))
        return stale

    stale = []
    monkeypatch.setattr(parts_job.joint, "run", corrected)
    assert judge(joint) == 0
    assert not joint.values.exists()
    monkeypatch.undo()
    assert judge(joint) == 3
    assert joint.values.last().value > stale[-1].t2 + 1
