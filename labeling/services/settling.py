"""Experts: settling what is disputed or was handed on, disputing what stands, comparing with inspection."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.errors import WrongAnswer, WrongState
from labeling.models import Label, LabelRequest
from labeling.policies import answers_allowed, dispute_verdict, settle_verdict
from labeling.selectors.queue import requests_all
from labeling.services.answering import about, told
from labeling.services.leasing import topic
from labeling.services.mistaken import answer_mistaken
from labeling.transitions import Answer, RequestState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire.errors import Invalid

UNDO_TIME = timedelta(seconds=30)
MOST = 500
OF_THE_PART = ("request__row__prediction__asset__line__site", "request__row__prediction__version__model")


def _move(request: LabelRequest, to: RequestState, **values: object) -> None:
    """Claim the way from the state in which the caller saw the question."""
    seen = LabelRequest.objects.filter(pk=request.pk, state=request.state)
    if seen.update(state=to, **values) != 1:
        raise WrongState(_("Somebody moved this part first; load the page again."))
    request.state = to


def label_settle(*, by: Person, request: LabelRequest, answer: str) -> Label:
    """An expert's word on a question. Who cannot tell either withdraws it: nobody's answer counts then.

    Raises WrongAnswer, WrongState, NotAllowed with the reason.
    """
    demand(settle_verdict(by, request))
    if answer not in answers_allowed(request) or answer == Answer.ESCALATE:
        raise WrongAnswer(_("“%(answer)s” settles nothing; choose a class.") % {"answer": answer})
    now = timezone.now()
    with transaction.atomic():
        to = RequestState.WITHDRAWN if answer == Answer.CANT_TELL else RequestState.SETTLED
        _move(request, to)
        Label.objects.filter(request=request, person=by, undone_at=None).update(undone_at=now)
        others = list(Label.objects.filter(request=request, undone_at=None).select_related(*OF_THE_PART))
        label = Label.objects.create(
            request=request,
            person=by,
            answer=answer,
            model_said=request.row.prediction.label,
            expert=True,
            at=now,
        )
        event_record(
            type="labeling.request.settled",
            actor=by.actor,
            subjects=[label.ref(), *about(request)],
            public=told(request, answer) | {"new": to.value},
            at=now,
        )
        for other in others:
            answer_mistaken(label=other, truth=answer, actor=by.actor)
        changed(topic(request.line), "labels")
    return label


def label_dispute(*, by: Person, request: LabelRequest, reason: str) -> None:
    """Doubt an answer that stands; an expert settles it. Raises Invalid without a reason, WrongState."""
    demand(dispute_verdict(by, request))
    reason = " ".join(reason.split())[:240]
    if not reason:
        raise Invalid(_("Say in a few words why the answer is doubted."))
    with transaction.atomic():
        _move(request, RequestState.DISPUTED, priority=1)
        event_record(
            type="labeling.request.disputed",
            actor=by.actor,
            subjects=about(request),
            public={"part": request.row.prediction.part_id, "reason": reason},
        )
        changed(topic(request.line), "labels")


def answers_compare() -> int:
    """Compare answers with inspection results that came since: equal ones agree, others are disputed.

    Only after the time in which an answer may be undone by a tap. How many moved.
    """
    now = timezone.now()
    inspected = (
        requests_all()
        .filter(
            state=RequestState.ANSWERED,
            labels__opinion=False,
            labels__undone_at=None,
            labels__at__lt=now - UNDO_TIME,
        )
        .exclude(row__prediction__truth="")
        .annotate(answer=F("labels__answer"))
        .filter(Q(labels__undone_at=None))
        .distinct()[:MOST]
    )
    return sum(_compared(request, request.answer) for request in inspected)


def _compared(request: LabelRequest, answer: str) -> bool:
    agree = request.row.prediction.truth == answer
    kind = "agreed" if agree else "disputed"
    public = told(request, answer) if agree else {"part": request.row.prediction.part_id}
    if not agree:
        public["reason"] = gettext_noop("The inspection found something else.")
    with transaction.atomic():
        try:
            _move(request, RequestState(kind))
        except WrongState:
            return False  # undone at this moment
        event_record(type=f"labeling.request.{kind}", actor=SYSTEM, subjects=about(request), public=public)
        if not agree:
            wrong = request.labels.filter(answer=answer, opinion=False, undone_at=None)
            for label in wrong.select_related(*OF_THE_PART):
                answer_mistaken(label=label, truth=request.row.prediction.truth, actor=SYSTEM)
        changed(topic(request.line), "labels")
    return True
