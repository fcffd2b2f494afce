"""What a person is told after an answer, and only then: what the model said, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from explain.selectors.explained import Reason, reasons_for
from explain.selectors.stored import PART
from labeling.models import Label
from labeling.selectors.answers import answer_words
from labeling.transitions import Answer, RequestState

MOST = 3


@dataclass(frozen=True, slots=True)
class Afterwards:
    """``text`` is one sentence; ``agree`` is None where the model has nothing to say about the answer."""

    text: str
    agree: bool | None = None
    reasons: list[Reason] = field(default_factory=list)


def afterwards(label: Label) -> Afterwards:
    """In the reader's language; of what was handed on nothing of the model: an expert judges it."""
    request = label.request
    part, model = request.row.prediction.part_id, request.version.model
    if label.answer in Answer.values:
        return Afterwards(_("Part %(part)s: an expert will look at it.") % {"part": part})
    words = {"part": part, "answer": answer_words(model, label.answer)}
    if label.opinion and request.state in (RequestState.EXPIRED, RequestState.WITHDRAWN):
        return Afterwards(
            _("Part %(part)s: %(answer)s. Kept as a second opinion; the question was over by then.") % words
        )
    if label.opinion:
        return Afterwards(
            _("Part %(part)s: %(answer)s. Kept as a second opinion; somebody else had the part by then.")
            % words
        )
    if label.answer == label.model_said:
        text = _("Part %(part)s: %(answer)s. You and the model agree.") % words
        return Afterwards(text, True, reasons_of(label))
    words["model"] = answer_words(model, label.model_said)
    text = _("Part %(part)s: %(answer)s. The model said: %(model)s.") % words
    return Afterwards(text, False, reasons_of(label))


def reasons_of(label: Label) -> list[Reason]:
    """At most three, where they were worked out for what the model said of this part."""
    prediction = label.request.row.prediction
    why = reasons_for(prediction.version, PART, prediction.pk)
    if why is None or why.refused or why.row.label != label.model_said:
        return []
    return why.reasons[:MOST]
