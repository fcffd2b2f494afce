"""Answers: one tap saves, undo takes back, an expert has the last word.

- One answer is enough unless it is disputed. “I can't tell” and “ask an expert” hand the question on and are
  never a label.
- A tap counts once, however often it is sent: its key is unique in the table.
- Who holds a ticket may answer late. Where somebody else has the part, or has judged it, by then, the answer
  is kept as a second opinion; one that differs from the answer that counts makes the part disputed.
- An answer is undone, never deleted, and only until a model was trained on it.
- What the model said is kept with the answer and shown after it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.errors import KeyUsed, NotYours, TooLateToUndo, WrongAnswer
from labeling.models import Label, LabelRequest
from labeling.policies import answers_allowed, undo_verdict
from labeling.rules.marks import mark_read
from labeling.rules.taps import Sent
from labeling.selectors.tickets import given_at
from labeling.selectors.trained import manifests_with
from labeling.services.leasing import NOBODY, topic
from labeling.transitions import Answer, CantTellWhy, RequestState
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.intake.selectors.parts import VIEWS

LONGEST = 3600.0
LATE = timedelta(seconds=10)  # a tap that came later than this keeps its own time


def about(request: LabelRequest) -> list[Ref]:
    """What every event of a question refers to."""
    prediction = request.row.prediction
    refs = [request.ref(), prediction.ref("of"), Ref("part", prediction.part_id, "part")]
    refs += [prediction.asset.ref("at"), request.line.ref("on"), request.version.ref("asked_by")]
    return refs if request.alert is None else [*refs, request.alert.ref("because_of")]


def told(request: LabelRequest, answer: str) -> dict[str, str]:
    return {"part": request.row.prediction.part_id, "answer": answer}


def label_answer(
    *,
    by: Person,
    request: LabelRequest,
    answer: str,
    seconds: float | None = None,
    reason: str = "",
    mark: Any = None,
    sent: Sent | None = None,
) -> tuple[Label, str]:
    """Save an answer and hand back the token that undoes it; the same answer again changes nothing.

    ``seconds``: how long the person looked; ``reason``: why they cannot tell; ``mark``: where on a picture
    they pointed (``rules.marks``). WrongAnswer for what the model does not know, NotYours where somebody else
    has the part and ``by`` never had it, AnothersAnswer where the ticket is another person's, KeyUsed where
    the key belongs to another answer.
    """
    guard(by, "label.answer", line=request.line)
    _demand_known(request, answer, reason)
    kept_mark = mark_read(mark, views=VIEWS)
    if mark is not None and kept_mark is None:
        raise WrongAnswer(_("What was marked on the picture is no box inside it; draw it again."))
    now = timezone.now()
    given = given_at(sent.ticket, person=by, request=request) if sent else None
    label = Label(
        request=request,
        person=by,
        answer=answer,
        reason=reason if answer == Answer.CANT_TELL else "",
        mark=kept_mark,
        model_said=request.row.prediction.label,
        seconds=None if seconds is None else min(max(seconds, 0.0), LONGEST),
        key=sent.key if sent else None,
        at=now,
        tapped_at=_late(sent, now, given),
    )
    try:
        with transaction.atomic():
            if _claimed(label):
                _save(label, "labeling.label.answered")
            elif given is None:
                raise _Taken
            else:
                label.opinion = True
                _doubt(label)
                _save(label, "labeling.label.opinion")
    except (_Taken, IntegrityError):
        label = _said_before(label)
    return label, undo.token(by=by, name="labeling.answer", label_id=str(label.pk))


class _Taken(Exception):
    """Neither leased to this person nor free."""


def _demand_known(request: LabelRequest, answer: str, reason: str) -> None:
    if answer not in answers_allowed(request):
        raise WrongAnswer(
            _("“%(answer)s” is no answer; there are %(answers)s.")
            % {"answer": answer, "answers": ", ".join(answers_allowed(request))}
        )
    if reason and reason not in CantTellWhy.values:
        raise WrongAnswer(
            _("“%(reason)s” is no reason; there are %(reasons)s.")
            % {"reason": reason, "reasons": ", ".join(CantTellWhy.values)}
        )


def _late(sent: Sent | None, now: datetime, given: datetime | None) -> datetime | None:
    clock = sent.clock(now, given) if sent else None
    return clock.at if clock is not None and now - clock.at > LATE else None


def _revived(label: Label) -> bool:
    """Whether a question that nobody answered in time is answered now: late is better than never.

    Not where its part was asked about anew since; then that question counts.
    """
    over = LabelRequest.objects.filter(pk=label.request_id, state=RequestState.EXPIRED)
    try:
        with transaction.atomic():
            return over.update(state=RequestState.ANSWERED) == 1
    except IntegrityError:
        return False


def _claimed(label: Label) -> bool:
    """Whether the question was with the person, with nobody, or ran out, and is answered now."""
    values: dict[str, Any] = {"leased_by": None, "leased_until": None, "state": RequestState.ANSWERED}
    if label.answer in Answer.values:
        values |= {"state": RequestState.OPEN, "for_expert": True}
    mine = LabelRequest.objects.filter(pk=label.request_id, for_expert=False)
    if (
        mine.filter(state=RequestState.LEASED, leased_by=label.person).update(**values) != 1
        and mine.filter(state=RequestState.OPEN).update(**values) != 1
    ):
        return label.answer not in Answer.values and _revived(label)
    others = Label.objects.filter(request=label.request, opinion=True, undone_at=None)
    if (
        label.answer not in Answer.values
        and others.exclude(answer__in=[label.answer, *Answer.values]).exists()
    ):
        _dispute(label)
    return True


def _doubt(label: Label) -> None:
    """A second opinion that differs from the answer that stands makes the part disputed."""
    if label.answer in Answer.values:
        return
    standing = Label.objects.filter(request=label.request, opinion=False, undone_at=None)
    if standing.exclude(answer__in=[label.answer, *Answer.values]).exists():
        _dispute(label)


def _dispute(label: Label) -> None:
    answered = LabelRequest.objects.filter(pk=label.request_id, state=RequestState.ANSWERED)
    if answered.update(state=RequestState.DISPUTED, priority=1):
        event_record(
            type="labeling.request.disputed",
            actor=label.person.actor,
            subjects=about(label.request),
            public={
                "part": label.request.row.prediction.part_id,
                "reason": gettext_noop("Two people see different things."),
            },
            at=label.at,
        )


def _save(label: Label, event: str) -> None:
    label.save(force_insert=True)
    late = {"tapped_at": label.tapped_at.isoformat(timespec="seconds")} if label.tapped_at else {}
    reason = {"reason": label.reason} if label.reason else {}
    mark = {"mark": label.mark} if label.mark else {}
    event_record(
        type=event,
        actor=label.person.actor,
        subjects=[label.ref(), *about(label.request), *label.person.at],
        public=told(label.request, label.answer)
        | {"model_said": label.model_said, "seconds": label.seconds, **late, **reason, **mark},
        at=label.at,
    )
    changed(topic(label.request.line), "labels")


def _said_before(label: Label) -> Label:
    """A line that broke after the answer was saved sends it again."""
    if label.key is not None and (same := Label.objects.filter(key=label.key).first()) is not None:
        if (same.request_id, same.person_id, same.answer) != (
            label.request_id,
            label.person_id,
            label.answer,
        ):
            raise KeyUsed(_("This answer's key was used for another answer; nothing was changed."))
        return same
    before = Label.objects.filter(request=label.request, person=label.person, undone_at=None).first()
    if before is not None and before.answer == label.answer:
        return before
    if before is not None:
        raise NotYours(_("You have judged this part already; your first answer stands."))
    raise NotYours(_("The time for this part ran out and somebody else has it; your answer was not saved."))


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
        opened = label.opinion or old.update(**NOBODY, for_expert=False) == 1
        if not opened or Label.objects.filter(pk=label.pk, undone_at=None).update(undone_at=now) != 1:
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
