"""One question to one person, and what becomes of the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from labeling.errors import NotYours, TooLateToUndo, WrongAnswer
from labeling.models import Label, LabelRequest
from labeling.selectors.queue import open_on
from labeling.services import (
    label_answer,
    label_next,
    label_take,
    label_undo,
    lease_release,
    leases_expire,
)
from labeling.services.answering import answer_undo
from labeling.services.leasing import LEASE
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.wire.errors import NotAllowed

pytestmark = pytest.mark.django_db


def state(request: LabelRequest) -> str:
    return LabelRequest.objects.get(pk=request.pk).state


def events(name: str) -> int:
    return Event.objects.filter(type=name).count()


def late(request: LabelRequest) -> None:
    LabelRequest.objects.filter(pk=request.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_the_first_question_comes_first_and_stays_until_it_is_answered(queue):
    first = label_next(by=queue.operator, line=queue.cast.line_1)
    again = label_next(by=queue.operator, line=queue.cast.line_1)
    assert first == again == queue.requests[0]
    assert timezone.now() < again.leased_until <= timezone.now() + LEASE


def test_two_people_get_two_questions(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    theirs = label_next(by=queue.second, line=queue.cast.line_1)
    assert [mine, theirs] == queue.requests[:2]


def test_an_empty_queue_gives_nothing(queue):
    assert label_next(by=queue.cast.two.operator, line=queue.cast.line_2) is None


def test_urgent_questions_come_before_older_ones(queue):
    LabelRequest.objects.filter(pk=queue.requests[2].pk).update(priority=5)
    assert label_next(by=queue.operator, line=queue.cast.line_1) == queue.requests[2]


def test_a_lease_that_ran_out_goes_to_the_next_person(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    late(mine)
    assert label_next(by=queue.second, line=queue.cast.line_1) == mine


def test_the_scheduler_returns_late_leases_and_ends_old_questions(queue):
    late(label_next(by=queue.operator, line=queue.cast.line_1))
    old = queue.requests[1]
    LabelRequest.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    assert leases_expire() == 2
    assert (state(queue.requests[0]), state(old)) == (RequestState.OPEN, RequestState.EXPIRED)
    assert events("labeling.requests.expired") == 1
    assert leases_expire() == 0


def test_a_question_can_be_given_back(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    lease_release(by=queue.second, request=mine)
    assert state(mine) == RequestState.LEASED
    lease_release(by=queue.operator, request=mine)
    assert state(mine) == RequestState.OPEN


def test_who_changes_the_line_gives_back_what_they_held(queue):
    mine = label_next(by=queue.second, line=queue.cast.line_1)
    assert label_next(by=queue.second, line=queue.cast.line_2) is None
    assert state(mine) == RequestState.OPEN


def test_a_tap_saves_the_answer_with_what_the_model_said(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    label, _token = label_answer(by=queue.operator, request=mine, answer="crack", seconds=4.2)
    assert (label.answer, label.model_said, label.seconds) == ("crack", "ok", 4.2)
    assert state(mine) == RequestState.ANSWERED
    event = Event.objects.get(type="labeling.label.answered")
    assert event.data["part"] == mine.row.prediction.part_id
    assert {"label", "prediction", "person"} & {ref.kind for ref in event.subjects.all()} == {
        "label",
        "prediction",
    }


def test_the_same_tap_twice_is_one_answer(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    first, _ = label_answer(by=queue.operator, request=mine, answer="crack")
    second, _ = label_answer(by=queue.operator, request=mine, answer="crack")
    assert first == second
    assert (Label.objects.count(), events("labeling.label.answered")) == (1, 1)


def test_nobody_answers_what_is_with_somebody_else(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    with pytest.raises(NotYours):
        label_answer(by=queue.second, request=mine, answer="ok")
    assert Label.objects.count() == 0


def test_an_answer_after_the_lease_still_counts_while_nobody_else_has_the_part(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    late(mine)
    leases_expire()
    label_answer(by=queue.operator, request=mine, answer="ok")
    assert state(mine) == RequestState.ANSWERED


def test_an_answer_that_the_model_does_not_know_is_refused(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    with pytest.raises(WrongAnswer, match="crack"):
        label_answer(by=queue.operator, request=mine, answer="banana")
    assert state(mine) == RequestState.LEASED


@pytest.mark.parametrize("answer", ["cant_tell", "escalate"])
def test_who_cannot_tell_hands_the_part_to_an_expert(queue, answer):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    label_answer(by=queue.operator, request=mine, answer=answer)
    handed_on = LabelRequest.objects.get(pk=mine.pk)
    assert (handed_on.state, handed_on.for_expert) == (RequestState.OPEN, True)
    assert label_next(by=queue.operator, line=queue.cast.line_1) == queue.requests[1]


@pytest.mark.parametrize("answer", ["crack", "cant_tell"])
def test_undo_opens_the_question_again_for_anybody(queue, answer):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    label, token = label_answer(by=queue.operator, request=mine, answer=answer)
    undo.run(by=queue.operator, token=token)
    again = LabelRequest.objects.get(pk=mine.pk)
    assert (again.state, again.for_expert) == (RequestState.OPEN, False)
    assert Label.objects.get(pk=label.pk).undone_at is not None
    assert events("labeling.label.undone") == 1
    with pytest.raises(TooLateToUndo):
        undo.run(by=queue.operator, token=token)


def test_after_an_undo_the_person_may_judge_the_part_anew(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack")
    following = label_next(by=queue.operator, line=queue.cast.line_1)
    back = label_take(by=queue.operator, request=label_undo(by=queue.operator, label=label))
    assert back == mine
    assert state(following) == RequestState.LEASED
    label_answer(by=queue.operator, request=back, answer="burr")
    assert set(Label.objects.filter(undone_at=None).values_list("answer", flat=True)) == {"burr"}


def test_nobody_undoes_for_another(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack")
    with pytest.raises(TooLateToUndo):
        label_undo(by=queue.second, label=label)


@pytest.mark.parametrize("role", ["quality_engineer", "ml_engineer", "auditor", "administrator"])
def test_only_operators_and_experts_judge_parts(queue, role):
    with pytest.raises(NotAllowed):
        label_next(by=getattr(queue.cast.one, role), line=queue.cast.line_1)


def test_a_stranger_to_the_line_gets_no_part_of_it(queue):
    with pytest.raises(NotAllowed, match="another"):
        label_next(by=queue.cast.two.operator, line=queue.cast.line_1)


def test_who_may_not_answer_gives_no_question_back_and_learns_nothing_of_an_answer(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    label, _token = label_answer(by=queue.operator, request=mine, answer="ok")
    Label.objects.filter(pk=label.pk).update(undone_at=timezone.now())
    for person in (queue.cast.stranger, queue.cast.two.operator, queue.cast.one.quality_engineer):
        with pytest.raises(NotAllowed):
            lease_release(by=person, request=queue.requests[1])
        with pytest.raises(NotAllowed):
            label_undo(by=person, label=label)
    with pytest.raises(NotAllowed):
        answer_undo(by=queue.cast.stranger, label_id="00000000-0000-0000-0000-000000000000")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other engine plans by what the table holds")
def test_the_next_part_comes_from_the_index_whatever_waits(queue):
    """No sorting: it would read every open question while all others wait to write."""
    waiting = open_on(line=queue.cast.line_1, now=timezone.now())
    plan = waiting.values_list("pk")[:2].explain()
    assert "USING INDEX request_next (line_id=? AND state=? AND for_expert=?)" in plan
    assert "TEMP B-TREE" not in plan
