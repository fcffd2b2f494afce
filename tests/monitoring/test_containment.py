"""Parts in doubt: which join, what a person may sign of them, and when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.alerts.services import alert_resolve
from monitoring.containment.selectors.containments import lots_to_pull
from monitoring.containment.selectors.spans import beginning
from monitoring.containment.services.collecting import containment_collect
from monitoring.containment.services.disposing import (
    containment_close,
    lot_pull,
    part_dispose,
    parts_dispose,
)
from monitoring.containment.services.opening import (
    containment_ask,
    containment_bound,
    containment_open,
    containment_widen,
    containments_bound,
)
from monitoring.containment.tasks import sweep
from monitoring.errors import ContainmentMoved, ContainmentNotEmpty, NotADisposition, NotADoubt, NotPulled
from monitoring.models import Alert, Containment, GoldenRound, Inspection, Prediction, ProcessChange
from monitoring.performance.services.inspections import inspection_record
from monitoring.transitions import Trigger

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
HOUR = timedelta(hours=1)


def judged(floor, part: str, *, ago: timedelta = HOUR, lot: str = "7731", activation: str = "press-1/1"):
    return Prediction.objects.create(
        id=f"node-1:{part}:{ago.total_seconds():.0f}", node=floor.node, asset=floor.press, lot=lot,
        version=floor.version, activation=activation, part_id=part, label="ok", confidence=0.9, at=NOW - ago,
    )  # fmt: skip


def good_round(floor, ago: timedelta) -> None:
    GoldenRound.objects.create(
        model=floor.model, asset=floor.press, why="demand", why_key=str(ago), state="passed",
        due_at=NOW - ago, late_at=NOW, begun_at=NOW - ago, ended_at=NOW - ago + timedelta(minutes=5),
    )  # fmt: skip


def opened(floor, **more) -> Containment:
    given = {"trigger": Trigger.GOLDEN, "key": "round/1", "facts": {"parts": "G-03"}} | more
    one = containment_open(actor=SYSTEM, asset=floor.press, **given)
    containment_collect(containment=one)
    one.refresh_from_db()
    return one


def parts(containment: Containment) -> list[str]:
    return sorted(containment.rows.values_list("part_id", flat=True))


@pytest.fixture
def quality(floor):
    return floor.cast.one.quality_engineer


@pytest.fixture
def operator(floor):
    return floor.cast.one.operator


def test_what_was_judged_since_the_last_good_check_is_in_doubt_by_lot(floor):
    good_round(floor, 5 * HOUR)
    judged(floor, "before", ago=6 * HOUR)
    judged(floor, "a", ago=2 * HOUR, lot="A")
    judged(floor, "b", lot="B")
    judged(floor, "b", ago=HOUR / 2, lot="B")  # judged twice, one part
    one = opened(floor)
    assert (parts(one), one.began, one.parts, one.waiting) == (["a", "b"], "check", 2, 2)
    assert list(one.lots.values_list("lot", "parts", "waiting")) == [("A", 1, 1), ("B", 1, 1)]
    assert Event.objects.filter(type="monitoring.containment.opened").count() == 1


def test_without_a_good_check_it_begins_with_the_release_and_takes_its_parts_alone(floor):
    judged(floor, "other", ago=5 * HOUR, activation="press-1/0")
    judged(floor, "mine", ago=3 * HOUR, activation="press-1/1")
    start = beginning(floor.press, before=NOW, release=NOW - 6 * HOUR)
    one = opened(floor, activation="press-1/1", since=start)
    assert (parts(one), one.began) == (["mine"], "release")


def test_with_nothing_known_it_begins_long_ago_so_that_late_parts_join(floor):
    one = opened(floor)
    judged(floor, "late", ago=99 * HOUR)
    sweep()
    assert (parts(one), one.began) == (["late"], "first")


def test_the_same_happening_again_joins_what_is_open(floor):
    first, again = opened(floor), opened(floor)
    assert first.pk == again.pk
    assert Event.objects.filter(type="monitoring.containment.opened").count() == 1


def test_a_part_of_which_a_node_tells_late_joins_and_opens_what_was_closed(floor, quality):
    judged(floor, "a")
    one = opened(floor, until=NOW)
    parts_dispose(by=quality, containment=one, lot=None, kind="scrapped", seen=1)
    containment_close(by=quality, containment=one)
    judged(floor, "late", ago=HOUR / 3)
    assert sweep() == 1
    one.refresh_from_db()
    assert (one.state, one.waiting, one.parts) == ("open", 1, 2)
    assert Event.objects.get(type="monitoring.containment.reopened").data["count"] == 1
    assert sweep() == 0


def test_it_grows_until_a_good_check_and_takes_no_part_after_it(floor):
    one = opened(floor)
    judged(floor, "a", ago=HOUR)
    containments_bound(asset=floor.press, at=NOW - HOUR / 2, actor=SYSTEM, triggers=[Trigger.GOLDEN])
    judged(floor, "b", ago=HOUR / 4)
    sweep()
    one.refresh_from_db()
    assert (parts(one), one.grows) == (["a"], False)


def test_another_release_ends_what_is_about_the_one_before_and_not_what_is_about_the_station(floor):
    of_release = opened(floor, key="r", activation="press-1/1")
    of_station = opened(floor, key="s")
    containments_bound(
        asset=floor.press, at=NOW, actor=SYSTEM, triggers=[Trigger.GOLDEN], besides="press-1/2"
    )
    of_release.refresh_from_db()
    of_station.refresh_from_db()
    assert (of_release.grows, of_station.grows) == (False, True)


def test_nobodys_word_alone_makes_a_part_good_or_reworked(floor, quality):
    judged(floor, "a")
    inspection_record(by=quality, part_id="a", truth="ok", at=NOW - 2 * HOUR)  # before the doubt arose
    one = opened(floor)
    for kind in ("good", "reworked"):
        with pytest.raises(NotADisposition, match="re-inspection"):
            parts_dispose(by=quality, containment=one, lot="7731", kind=kind, seen=1)
    inspection_record(by=quality, part_id="a", truth="crack")
    with pytest.raises(NotADisposition):
        parts_dispose(by=quality, containment=one, lot="7731", kind="good", seen=1)
    assert one.rows.get().disposition is None


def test_of_a_lot_those_found_good_again_are_signed_and_the_others_wait(floor, quality):
    for part in "abc":
        judged(floor, part)
    one = opened(floor)
    inspection_record(by=quality, part_id="b", truth="ok")
    done = parts_dispose(by=quality, containment=one, lot="7731", kind="good", seen=3)
    one.refresh_from_db()
    assert (done.parts, one.waiting, one.lots.get().waiting) == (1, 2, 2)
    assert one.rows.get(part_id="b").disposition == done


def test_a_re_inspection_joins_as_truth_of_the_part(floor, quality):
    judged(floor, "a")
    one = opened(floor)
    part_dispose(by=quality, containment=one, part=one.rows.get(), kind="good", truth="ok")
    assert Inspection.objects.get().truth == "ok"
    assert Prediction.objects.get(part_id="a").truth == "ok"


def test_a_part_that_its_re_inspection_found_bad_is_not_signed_good_and_its_result_stays_out(floor, quality):
    judged(floor, "a")
    one = opened(floor)
    with pytest.raises(NotADisposition):
        part_dispose(by=quality, containment=one, part=one.rows.get(), kind="good", truth="crack")
    assert not Inspection.objects.exists()


def test_a_concession_says_who_permitted_it(floor, quality):
    judged(floor, "a")
    one = opened(floor)
    with pytest.raises(NotADisposition, match="permitted"):
        parts_dispose(by=quality, containment=one, lot=None, kind="concession", seen=1, note=" ")
    done = parts_dispose(by=quality, containment=one, lot=None, kind="concession", seen=1, note="ACME 4711")
    assert (done.note, done.by) == ("ACME 4711", quality)


def test_who_saw_another_number_of_parts_looks_again(floor, quality):
    judged(floor, "a")
    one = opened(floor)
    judged(floor, "b", ago=HOUR / 2)
    containment_collect(containment=one)
    with pytest.raises(ContainmentMoved, match="2 parts wait now, not 1"):
        parts_dispose(by=quality, containment=one, lot=None, kind="scrapped", seen=1)


def test_it_closes_only_when_empty_and_when_nothing_can_join(floor, quality):
    judged(floor, "a")
    one = opened(floor)
    with pytest.raises(NotAllowed, match="still join"):
        containment_close(by=quality, containment=one)
    containment_bound(by=quality, containment=one, until=NOW - HOUR / 2, reason="The line stood still")
    with pytest.raises(NotAllowed, match="wait for a decision"):
        containment_close(by=quality, containment=one)
    parts_dispose(by=quality, containment=one, lot=None, kind="scrapped", seen=1)
    judged(floor, "late", ago=HOUR * 0.75)
    with pytest.raises(ContainmentNotEmpty):
        containment_close(by=quality, containment=one)
    sweep()
    parts_dispose(by=quality, containment=one, lot=None, kind="scrapped", seen=1)
    containment_close(by=quality, containment=one)
    assert (one.state, one.closed_by) == ("closed", quality)


def test_a_span_is_widened_and_never_narrowed(floor, quality):
    judged(floor, "early", ago=9 * HOUR)
    judged(floor, "a")
    one = containment_ask(by=quality, asset=floor.press, reason="Smell", since=NOW - 2 * HOUR)
    with pytest.raises(NotADoubt):
        containment_widen(by=quality, containment=one, since=NOW - HOUR, reason="no")
    containment_widen(by=quality, containment=one, since=NOW - 10 * HOUR, reason="Since the night shift")
    containment_collect(containment=one)
    assert parts(one) == ["a", "early"]
    with pytest.raises(NotADoubt, match="never leave"):
        containment_bound(by=quality, containment=one, until=NOW - 5 * HOUR, reason="no")


def test_the_operator_finds_and_pulls_and_signs_nothing(floor, operator):
    judged(floor, "a")
    one = opened(floor)
    assert [row.lot for row in lots_to_pull(operator)] == ["7731"]
    with pytest.raises(NotPulled):
        lot_pull(by=operator, containment=one, lot="7731", pulled=2)
    assert lot_pull(by=operator, containment=one, lot="7731", pulled=0).missing == 1
    assert not lots_to_pull(operator).exists()
    with pytest.raises(NotAllowed):
        parts_dispose(by=operator, containment=one, lot=None, kind="scrapped", seen=1)
    judged(floor, "b", ago=HOUR / 2)
    containment_collect(containment=one)
    assert lots_to_pull(operator).exists()  # who looked did not look for this one


def test_a_sensor_that_was_at_fault_puts_what_was_judged_meanwhile_in_doubt(floor, quality):
    judged(floor, "before", ago=9 * HOUR)
    judged(floor, "during", ago=3 * HOUR)
    judged(floor, "mended", ago=HOUR)
    alert = Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature="pressure",
        since=NOW - 5 * HOUR, opened_at=NOW - 5 * HOUR,
    )  # fmt: skip
    ProcessChange.objects.create(asset=floor.press, kind="sensor", at=NOW - 2 * HOUR)
    alert_resolve(by=quality, alert=alert, cause="sensor_fault")
    one = Containment.objects.get()
    containment_collect(containment=one)
    assert (one.trigger, one.facts["reading"]) == ("sensor_fault", "Hydraulic pressure")
    assert parts(one) == ["during"]


def test_another_cause_puts_nothing_in_doubt(floor, quality):
    alert = Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature="pressure", since=NOW,
        opened_at=NOW,
    )  # fmt: skip
    alert_resolve(by=quality, alert=alert, cause="process_change")
    assert not Containment.objects.exists()


def test_parts_of_thousands_join_in_few_statements(floor, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("monitoring.containment.services.collecting.AT_ONCE", 400)
    Prediction.objects.bulk_create(
        Prediction(
            id=f"node-1:{n}", node=floor.node, asset=floor.press, version=floor.version, lot=f"L{n % 7}",
            activation="press-1/1", part_id=f"p{n}", label="ok", confidence=0.9, at=NOW - HOUR,
        )
        for n in range(1000)
    )  # fmt: skip
    one = containment_open(
        actor=SYSTEM, asset=floor.press, trigger=Trigger.PERSON, key="k", facts={"reason": "Smell"}, until=NOW
    )
    with django_assert_max_num_queries(120):
        assert containment_collect(containment=one) == 1000
    one.refresh_from_db()
    with django_assert_max_num_queries(30):
        done = parts_dispose(
            by=floor.cast.one.quality_engineer, containment=one, lot=None, kind="scrapped", seen=1000
        )
    assert done.parts == 1000
    assert not one.lots.exclude(waiting=0).exists()
