"""What may be done with a question, and why not; buttons and services ask the same functions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from labeling.models import Label, LabelRequest
from labeling.transitions import Answer, RequestState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import YES, Verdict, verdict


def waits_for_expert(request: LabelRequest) -> bool:
    """Disputed, or handed on by somebody who could not tell."""
    if request.state == RequestState.DISPUTED:
        return True
    return request.state == RequestState.OPEN and request.for_expert


def settle_verdict(by: Person, request: LabelRequest) -> Verdict:
    if not waits_for_expert(request):
        return Verdict(False, _("This part waits for no expert any more."))
    return verdict(by, "label.settle", line=request.line)


def dispute_verdict(by: Person, request: LabelRequest) -> Verdict:
    if request.state not in (RequestState.ANSWERED, RequestState.AGREED):
        return Verdict(False, _("Only an answer that stands can be disputed."))
    return verdict(by, "label.settle", line=request.line)


def undo_verdict(by: Person, label: Label, *, trained: bool) -> Verdict:
    """One's own answer, until a model was trained on it or an expert has settled the question."""
    if label.person_id != by.pk:
        return Verdict(False, _("Only the person who answered can take the answer back."))
    if label.undone_at is not None:
        return Verdict(False, _("This answer was taken back before."))
    if trained:
        return Verdict(False, _("A model was trained on this answer; ask an expert to dispute it instead."))
    state, handed_on = label.request.state, label.answer in Answer.values
    if label.expert or state in (RequestState.SETTLED, RequestState.WITHDRAWN):
        return Verdict(False, _("An expert has settled this part; the answer stays in the record."))
    if label.opinion:
        settled = state in (RequestState.DISPUTED, RequestState.AGREED)
        return (
            Verdict(False, _("This answer was compared already and cannot be taken back."))
            if settled
            else YES
        )
    if state == RequestState.ANSWERED or (handed_on and waits_for_expert(label.request)):
        return YES
    return Verdict(False, _("This answer was compared already and cannot be taken back."))


def answers_allowed(request: LabelRequest) -> list[str]:
    """The classes of the model, in its order, then the ways out."""
    return [*(one["key"] for one in request.version.model.classes), *Answer.values]
