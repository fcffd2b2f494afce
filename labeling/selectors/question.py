"""One question as a page shows it: the part, its pictures, its readings, the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labeling.models import LabelRequest
from labeling.selectors.why import why_text
from labeling.transitions import Answer
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.models.model import in_words
from monitoring.intake.selectors.parts import PictureOf, pictures_of, readings_of
from monitoring.models import Prediction

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Question:
    """``readings`` are the few that matter most, always equally many; ``all_readings`` are all."""

    request: LabelRequest
    prediction: Prediction
    why: str
    pictures: list[PictureOf]
    readings: list[dict[str, Any]]
    all_readings: list[dict[str, Any]]
    choices: list[dict[str, Any]]

    @property
    def prefetch(self) -> list[str]:
        return [picture.url for picture in self.pictures if picture.url]


def class_choices(model: RegisteredModel) -> list[dict[str, Any]]:
    """The classes as big buttons, good ones first, each with a number key."""
    ordered = sorted(model.classes, key=lambda one: bool(one.get("defect")))
    return [
        {
            "value": one["key"],
            "label": in_words(one["words"]) or one["key"],
            "tone": "bad" if one.get("defect") else "good",
            "sign": one.get("icon") or ("cross" if one.get("defect") else "check"),
            "key": str(number) if number < 10 else "",
        }
        for number, one in enumerate(ordered, 1)
    ]


def answer_choices(model: RegisteredModel) -> list[dict[str, Any]]:
    """The classes, then the two ways out."""
    classes = class_choices(model)
    signs = {Answer.CANT_TELL: "question", Answer.ESCALATE: "up"}
    ways = [
        {
            "value": answer.value,
            "label": answer.label,
            "tone": "quiet",
            "sign": signs[answer],
            "key": str(number) if number < 10 else "",
        }
        for number, answer in enumerate(Answer, len(classes) + 1)
    ]
    return classes + ways


def question_of(request: LabelRequest) -> Question:
    """Everything of one question, in four queries besides the request's own."""
    rows = readings_of(request.row, request.version)
    return Question(
        request=request,
        prediction=request.row.prediction,
        why=why_text(request),
        pictures=pictures_of(request.row.prediction_id),
        readings=rows[:SHOWN],
        all_readings=rows,
        choices=answer_choices(request.version.model),
    )
