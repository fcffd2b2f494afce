"""Experts have the last word; inspection agrees or disputes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.errors import TooLateToUndo, WrongAnswer
from labeling.models import Label, LabelRequest, TrainingManifest
from labeling.selectors.answers import fates, labels_of
from labeling.selectors.queue import for_experts
from labeling.services import (
    answers_compare,
    label_answer,
    label_dispute,
    label_next,
    label_settle,
    label_undo,
)
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.wire import manifest
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from monitoring.models import Containment, Prediction

pytestmark = pytest.mark.django_db


def answered(queue, answer: str) -> tuple[LabelRequest, Label]:
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    assert request is not None
    label, _token = label_answer(by=queue.operator, request=request, answer=answer)
    return LabelRequest.objects.get(pk=request.pk), label


def aged(label: Label) -> None:
    Label.objects.filter(pk=label.pk).update(at=timezone.now() - timedelta(minutes=5))


def fate(queue) -> str:
    mine = list(labels_of(person=queue.operator))
    return fates(mine, person=queue.operator)[0].text


def test_what_an_operator_cannot_tell_comes_to_the_experts_of_the_line(queue):
    request, _ = answered(queue, "cant_tell")
    assert list(for_experts(person=queue.expert)) == [request]
    assert not for_experts(person=queue.cast.two.domain_expert).exists()
    assert fate(queue) == "An expert will look at it"


def test_an_expert_settles_it(queue):
    request, _ = answered(queue, "cant_tell")
    label = label_settle(by=queue.expert, request=request, answer="crack")
    assert label.expert
    assert LabelRequest.objects.get(pk=request.pk).state == RequestState.SETTLED
    assert Event.objects.filter(type="labeling.request.settled").count() == 1
    assert fate(queue) == "An expert looked: Crack"


def test_what_no_expert_can_tell_counts_for_nobody(queue):
    request, _ = answered(queue, "cant_tell")
    label_settle(by=queue.expert, request=request, answer="cant_tell")
    assert LabelRequest.objects.get(pk=request.pk).state == RequestState.WITHDRAWN
    assert fate(queue) == "Nobody could tell; it does not count"


def test_an_operator_settles_nothing(queue):
    request, _ = answered(queue, "cant_tell")
    with pytest.raises(NotAllowed):
        label_settle(by=queue.second, request=request, answer="crack")


def test_what_waits_for_no_expert_cannot_be_settled(queue):
    request, _ = answered(queue, "crack")
    with pytest.raises(NotAllowed, match="waits for no expert"):
        label_settle(by=queue.expert, request=request, answer="ok")


def test_handing_it_on_again_settles_nothing(queue):
    request, _ = answered(queue, "escalate")
    with pytest.raises(WrongAnswer):
        label_settle(by=queue.expert, request=request, answer="escalate")


def test_an_expert_doubts_an_answer_with_a_reason_and_overrules_it(queue):
    request, label = answered(queue, "crack")
    with pytest.raises(Invalid):
        label_dispute(by=queue.expert, request=request, reason="  ")
    label_dispute(by=queue.expert, request=request, reason="It is a shadow.")
    with pytest.raises(TooLateToUndo):
        label_undo(by=queue.operator, label=label)
    label_settle(by=queue.expert, request=request, answer="ok")
    assert fate(queue) == "Overruled by an expert: Good part"


def test_an_inspection_that_finds_the_same_agrees(queue):
    request, label = answered(queue, "crack")
    Prediction.objects.filter(pk=request.row.prediction_id).update(truth="crack")
    assert answers_compare() == 0  # it may still be taken back by a tap
    aged(label)
    assert (answers_compare(), answers_compare()) == (1, 0)
    assert LabelRequest.objects.get(pk=request.pk).state == RequestState.AGREED


def test_an_inspection_that_finds_something_else_disputes(queue):
    request, label = answered(queue, "crack")
    Prediction.objects.filter(pk=request.row.prediction_id).update(truth="burr")
    aged(label)
    assert answers_compare() == 1
    assert list(for_experts(person=queue.expert)) == [request]


def test_an_answer_that_taught_a_model_stays_and_says_so(queue):
    request, label = answered(queue, "crack")
    assert fate(queue) == "Saved; it waits for the next training"
    prediction = request.row.prediction
    row = manifest.Row(
        prediction=prediction.pk,
        part=prediction.part_id,
        asset=prediction.asset.slug,
        label="crack",
        source="label",
        person=str(queue.operator.pk),
        at=label.at.isoformat(timespec="seconds"),
        version="press-quality/1",
        readings=manifest.readings_digest(request.row.readings),
    )
    now = timezone.now()
    body, digest = manifest.build(
        model=queue.shop.model.slug,
        pipeline="p",
        created=now,
        base=None,
        rows=[row],
        excluded=[],
        parameters={},
    )
    TrainingManifest.objects.create(
        digest=digest, model=queue.shop.model, body=body.decode(), rows=1, created_at=now
    )
    assert fate(queue) == "In the training set of a run"
    with pytest.raises(TooLateToUndo, match="trained"):
        label_undo(by=queue.operator, label=label)


def test_a_wrong_answer_puts_in_doubt_what_the_person_answered_since_they_were_last_proven_right(queue):
    said = []
    for found in ("ok", None, "crack"):  # proven right, not inspected, proven wrong
        request, label = answered(queue, "ok")
        aged(label)
        said.append(request.row.prediction)
        if found:
            Prediction.objects.filter(pk=request.row.prediction_id).update(truth=found)
            answers_compare()
    doubt = Containment.objects.get()
    assert (doubt.trigger, doubt.began, doubt.grows) == ("wrong_label", "check", False)
    in_doubt = set(doubt.rows.values_list("prediction", flat=True))
    assert in_doubt == {said[1].pk, said[2].pk}


def test_two_defects_taken_for_one_another_put_nothing_in_doubt(queue):
    request, label = answered(queue, "crack")
    aged(label)
    Prediction.objects.filter(pk=request.row.prediction_id).update(truth="crack")
    answers_compare()
    assert not Containment.objects.exists()
