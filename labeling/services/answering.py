"""Answers: one tap saves, undo takes back, an expert has the last word.

- One answer is enough unless it is disputed. “I can't tell” and “ask an expert” hand the question on and are
  never a label.
- An answer is undone, never deleted, and only until a model was trained on it.
- What the model said is kept with the answer and shown after it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import NotYours, TooLateToUndo, WrongAnswer
from labeling.models import Label, LabelRequest
from labeling.policies import answers_allowed, undo_verdict
from labeling.selectors.trained import manifests_with
from labeling.services.leasing import NOBODY, topic
from labeling.transitions import Answer, RequestState
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.wire.errors import NotFound

LONGEST = 3600.0


def about(request: LabelRequest) -> list[Ref]:
    """What every event of a question refers to."""
    prediction = request.row.prediction
    refs = [request.ref(), prediction.ref("of"), Ref("part", prediction.part_id, "part")]
    refs += [prediction.asset.ref("at"), request.line.ref("on"), request.version.ref("asked_by")]
    return refs if request.alert is None else [*refs, request.alert.ref("because_of")]


def told(request: LabelRequest, answer: str) -> dict[str, str]:
    return {"part": request.row.prediction.part_id, "answer": answer}


def label_answer(
    *, by: Person, request: LabelRequest, answer: str, seconds: float | None = None
) -> tuple[Label, str]:
    """Save an answer and hand back the token that undoes it; the same answer again changes nothing.

    ``seconds``: how long the person looked. WrongAnswer for what the model does not know, NotYours where the
    lease ran out and somebody else has the part, or has judged it.
    """
    guard(by, "label.answer", line=request.line)
    if answer not in answers_allowed(request):
        raise WrongAnswer(
            _("“%(answer)s” is no answer; there are %(answers)s.")
            % {"answer": answer, "answers": ", ".join(answers_allowed(request))}
        )
    now = timezone.now()
    handed_on = answer in Answer.values
    values: dict[str, Any] = {"leased_by": None, "leased_until": None, "state": RequestState.ANSWERED}
    if handed_on:
        values |= {"state": RequestState.OPEN, "for_expert": True}
    label = Label(
        request=request,
        person=by,
        answer=answer,
        model_said=request.row.prediction.label,
        seconds=None if seconds is None else min(max(seconds, 0.0), LONGEST),
        at=now,
    )
    try:
        with transaction.atomic():
            mine = LabelRequest.objects.filter(pk=request.pk, for_expert=False)
            if (
                mine.filter(state=RequestState.LEASED, leased_by=by).update(**values) != 1
                and mine.filter(state=RequestState.OPEN).update(**values) != 1
            ):
                raise _Taken
            label.save(force_insert=True)
            event_record(
                type="labeling.label.answered",
                actor=by.actor,
                subjects=[label.ref(), *about(request)],
                public=told(request, answer) | {"model_said": label.model_said, "seconds": label.seconds},
                at=now,
            )
            changed(topic(request.line), "labels")
    except (_Taken, IntegrityError):
        label = _said_before(by, request, answer)
    return label, undo.token(by=by, name="labeling.answer", label_id=str(label.pk))


class _Taken(Exception):
    """Neither leased to this person nor free."""


def _said_before(by: Person, request: LabelRequest, answer: str) -> Label:
    """A line that broke after the answer was saved sends it again."""
    known = Label.objects.filter(request=request, person=by, undone_at=None, answer=answer).first()
    if known is None:
        raise NotYours(
            _("The time for this part ran out and somebody else has it; your answer was not saved.")
        ) from None
    return known


def label_undo(*, by: Person, label: Label) -> LabelRequest:
    """Take an answer back: the question is open again. Raises TooLateToUndo with the reason."""
    request = label.request
    guard(by, "label.answer", line=request.line)
    now = timezone.now()
    with transaction.atomic():
        request.refresh_from_db(fields=["state", "for_expert"])
        allowed = undo_verdict(by, label, trained=label.pk in manifests_with([label]))
        if not allowed:
            raise TooLateToUndo(allowed.reason)
        old = LabelRequest.objects.filter(pk=request.pk, state=request.state, for_expert=request.for_expert)
        if (
            old.update(**NOBODY, for_expert=False) != 1
            or Label.objects.filter(pk=label.pk, undone_at=None).update(undone_at=now) != 1
        ):
            raise TooLateToUndo(_("Somebody moved this part first; load the page again."))
        event_record(
            type="labeling.label.undone",
            actor=by.actor,
            subjects=[label.ref(), *about(request)],
            public=told(request, label.answer),
            at=now,
        )
        changed(topic(request.line), "labels")
    request.refresh_from_db(fields=["state", "for_expert", "leased_by", "leased_until"])
    label.undone_at = now
    return request


def answer_undo(*, by: Person, label_id: str) -> None:
    """What an undo token runs."""
    guard(by, "label.answer")
    label = (
        Label.objects.select_related("request__row__prediction__asset__line", "request__version__model")
        .filter(pk=UUID(label_id))
        .first()
    )
    if label is None:
        raise NotFound(_("There is no such answer."))
    label_undo(by=by, label=label)
