"""A tap counts once, however late and however often it comes, and only as its person's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import AnothersAnswer, KeyUsed, NotYours, TooLateToUndo, TooOld, WrongAnswer
from labeling.models import Label, LabelRequest
from labeling.rules.taps import SLACK, Sent, tapped
from labeling.selectors.afterwards import afterwards
from labeling.selectors.rows import _label
from labeling.selectors.tickets import ticket_for
from labeling.services import label_answer, label_next, label_undo, labels_hold
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.models import Event

NOW = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
SECONDS = st.integers(-200_000, 200_000)


@given(off=SECONDS, waited=SECONDS, since=SECONDS)
def test_a_tap_is_never_in_the_future_nor_before_the_part_was_given(off, waited, since):
    sent = NOW + timedelta(seconds=off)
    tap = sent - timedelta(seconds=waited)
    issued = NOW - timedelta(seconds=since)
    told = tapped(now=NOW, tap=tap, sent=sent, given=issued)
    assert min(issued, NOW) <= told.at <= NOW
    assert (told.clock_off == timedelta(0)) == (abs(timedelta(seconds=off)) <= SLACK)


def test_a_clock_two_hours_off_is_said_and_its_wait_is_kept():
    sent = NOW + timedelta(hours=2)
    told = tapped(now=NOW, tap=sent - timedelta(minutes=5), sent=sent, given=NOW - timedelta(hours=1))
    assert (told.at, told.clock_off) == (NOW - timedelta(minutes=5), timedelta(hours=2))


db = pytest.mark.django_db


def sent(by, request, **more) -> Sent:
    return Sent(uuid4(), ticket_for(by, request), **more)


def late_to_the_second(queue, answer: str = "ok") -> LabelRequest:
    """The operator's lease ran out, and a colleague judged the part meanwhile."""
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    LabelRequest.objects.filter(pk=mine.pk).update(leased_until=timezone.now() - timedelta(minutes=1))
    theirs = label_next(by=queue.second, line=queue.cast.line_1)
    assert theirs == mine
    label_answer(by=queue.second, request=theirs, answer=answer)
    return mine


@db
def test_the_same_key_is_the_same_answer_and_the_table_says_so_too(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    tap = sent(queue.operator, mine)
    first, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=tap)
    again, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=tap)
    assert first == again
    assert Event.objects.filter(type="labeling.label.answered").count() == 1
    with pytest.raises(KeyUsed):
        label_answer(by=queue.operator, request=mine, answer="ok", sent=tap)
    other = label_next(by=queue.operator, line=queue.cast.line_1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(
            request=other, person=queue.operator, answer="ok", model_said="ok", at=timezone.now(), key=tap.key
        )


@db
def test_an_answer_that_was_taken_back_does_not_come_again_by_its_old_key(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    tap = sent(queue.operator, mine)
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=tap)
    label_undo(by=queue.operator, label=label)
    again, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=tap)
    assert again.undone_at is not None
    assert LabelRequest.objects.get(pk=mine.pk).state == RequestState.OPEN


@db
def test_a_late_answer_keeps_the_time_of_its_tap(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    clock = timezone.now() + timedelta(hours=2)
    prompt = sent(queue.operator, mine, tapped=clock - timedelta(seconds=1), sent=clock)
    label, _ = label_answer(by=queue.operator, request=mine, answer="ok", sent=prompt)
    assert label.tapped_at is None  # it came at once
    other = label_next(by=queue.operator, line=queue.cast.line_1)
    early = sent(queue.operator, other, tapped=clock - timedelta(days=3), sent=clock)
    label, _ = label_answer(by=queue.operator, request=other, answer="ok", sent=early)
    assert label.tapped_at is None or label.at - label.tapped_at < timedelta(
        minutes=1
    )  # not before it was given


@db
def test_a_late_answer_that_differs_makes_the_part_disputed_and_the_first_still_stands(queue):
    mine = late_to_the_second(queue)
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=sent(queue.operator, mine))
    assert label.opinion
    assert LabelRequest.objects.get(pk=mine.pk).state == RequestState.DISPUTED
    assert Event.objects.filter(type="labeling.request.disputed").count() == 1
    with pytest.raises(TooLateToUndo):
        label_undo(by=queue.operator, label=label)


@db
def test_a_late_answer_that_agrees_is_kept_beside_the_one_that_counts(queue):
    mine = late_to_the_second(queue)
    label_answer(by=queue.operator, request=mine, answer="ok", sent=sent(queue.operator, mine))
    request = LabelRequest.objects.get(pk=mine.pk)
    assert request.state == RequestState.ANSWERED
    counts, _why = _label([request], {"ok", "crack"})
    assert counts is not None
    assert counts.person == queue.second


@db
def test_an_opinion_that_came_before_the_answer_is_compared_with_it(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    LabelRequest.objects.filter(pk=mine.pk).update(leased_until=timezone.now() - timedelta(minutes=1))
    theirs = label_next(by=queue.second, line=queue.cast.line_1)
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=sent(queue.operator, mine))
    assert label.opinion
    assert LabelRequest.objects.get(pk=mine.pk).leased_by == queue.second
    label_answer(by=queue.second, request=theirs, answer="ok")
    assert LabelRequest.objects.get(pk=mine.pk).state == RequestState.DISPUTED


def over(queue, state):
    """A question that the operator took and that ended before the answer came."""
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    LabelRequest.objects.filter(pk=mine.pk).update(state=state, leased_by=None, leased_until=None)
    mine.refresh_from_db()
    return mine


@db
def test_the_only_answer_to_a_question_that_ran_out_counts(queue):
    mine = over(queue, RequestState.EXPIRED)
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack", sent=sent(queue.operator, mine))
    assert not label.opinion
    request = LabelRequest.objects.get(pk=mine.pk)
    assert request.state == RequestState.ANSWERED
    counts, _why = _label([request], {"ok", "crack"})
    assert counts == label


@db
def test_a_question_that_ran_out_and_was_asked_anew_keeps_a_late_answer_beside_it(queue):
    mine = over(queue, RequestState.EXPIRED)
    again = LabelRequest.objects.get(pk=mine.pk)
    again.pk, again.state = None, RequestState.OPEN
    again.save(force_insert=True)
    label, _ = label_answer(by=queue.operator, request=mine, answer="ok", sent=sent(queue.operator, mine))
    assert label.opinion
    assert afterwards(label).text.endswith("Kept as a second opinion; the question was over by then.")


@db
@pytest.mark.parametrize(
    ("state", "answer"), [(RequestState.WITHDRAWN, "ok"), (RequestState.EXPIRED, "cant_tell")]
)
def test_what_cannot_count_any_more_is_kept_as_an_opinion(queue, state, answer):
    mine = over(queue, state)
    label, _ = label_answer(by=queue.operator, request=mine, answer=answer, sent=sent(queue.operator, mine))
    assert label.opinion
    assert LabelRequest.objects.get(pk=mine.pk).state == state


@db
def test_an_answer_to_a_question_that_was_withdrawn_names_nobody_who_had_the_part(queue):
    mine = over(queue, RequestState.WITHDRAWN)
    label, _ = label_answer(by=queue.operator, request=mine, answer="ok", sent=sent(queue.operator, mine))
    assert afterwards(label).text.endswith("Kept as a second opinion; the question was over by then.")


@db
def test_an_opinion_is_taken_back_without_touching_the_answer(queue):
    mine = late_to_the_second(queue)
    label, _ = label_answer(by=queue.operator, request=mine, answer="ok", sent=sent(queue.operator, mine))
    label_undo(by=queue.operator, label=label)
    assert LabelRequest.objects.get(pk=mine.pk).state == RequestState.ANSWERED


@db
def test_nobody_sends_anothers_tap_and_who_never_had_the_part_gives_no_opinion(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    with pytest.raises(AnothersAnswer):
        label_answer(by=queue.second, request=mine, answer="ok", sent=sent(queue.operator, mine))
    for ticket in ("", "made~up", ticket_for(queue.second, queue.requests[1])):
        with pytest.raises(NotYours):
            label_answer(by=queue.second, request=mine, answer="ok", sent=Sent(uuid4(), ticket))
    assert not Label.objects.exists()


@db
def test_a_ticket_ends_after_a_week(queue, monkeypatch):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    with monkeypatch.context() as then:
        then.setattr("time.time", lambda: datetime.now(UTC).timestamp() - 8 * 24 * 3600)
        old = ticket_for(queue.operator, mine)
    with pytest.raises(TooOld):
        label_answer(by=queue.operator, request=mine, answer="ok", sent=Sent(uuid4(), old))


@db
def test_who_cannot_tell_says_why(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    with pytest.raises(WrongAnswer, match="dirty"):
        label_answer(by=queue.operator, request=mine, answer="cant_tell", reason="tired")
    label, _ = label_answer(by=queue.operator, request=mine, answer="cant_tell", reason="dirty")
    assert label.reason == "dirty"
    assert Event.objects.get(type="labeling.label.answered").data["reason"] == "dirty"


@db
def test_a_person_holds_at_most_half_of_what_waits(queue):
    held = labels_hold(by=queue.operator, line=queue.cast.line_1, count=8)
    assert held == queue.requests[:2]
    assert label_next(by=queue.second, line=queue.cast.line_1) == queue.requests[2]
    assert labels_hold(by=queue.operator, line=queue.cast.line_1, count=8) == held


@db
def test_the_api_takes_key_ticket_and_times_and_says_that_the_clock_is_off(queue, client_for):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    clock = timezone.now() - timedelta(hours=2)
    data = {
        "answer": "crack",
        "reason": "",
        "mark": None,
        "seconds": 2.5,
        "key": str(uuid4()),
        "ticket": ticket_for(queue.operator, mine),
        "tapped_at": clock.isoformat(),
        "sent_at": clock.isoformat(),
    }
    address = f"/api/v1/label-requests/{mine.pk}/answer/"
    client = client_for(queue.operator)
    first = client.post(address, json.dumps(data), content_type="application/json")
    again = client.post(address, json.dumps(data), content_type="application/json")
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["said"] == "Part N-0: Crack. The model said: Good part."
    assert first.json()["agree"] is False
    assert -7300 < first.json()["clock_off"] < -7100
    assert Label.objects.count() == 1
