"""Which of these is it: one part after another, one tap each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labeling.errors import NotYours, TooLateToUndo
from labeling.models import Label, LabelRequest
from labeling.selectors.answers import answer_words
from labeling.selectors.question import question_of
from labeling.selectors.queue import after, queues_for, requests_all, waiting_on
from labeling.services import label_answer, label_next, label_take, label_undo
from labeling.transitions import Answer
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.intake.selectors.parts import pictures_of

BUNDLE = 10
UNDO_SECONDS = 10


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The lines that ask; who works on one line is there at once."""
    by = person_of(request)
    guard(by, "label.answer")
    queues = queues_for(person=by, now=timezone.now())
    if len(queues) == 1:
        return redirect("label_line", queues[0].line.slug)
    return render(request, "labeling/lines.html", {"queues": queues, "experts": by.may("label.settle")})


def _line(by: Person, slug: str) -> Line:
    guard(by, "label.answer")
    return get_object_or_404(lines_for(person=by, action="label.answer"), slug=slug)


@require_safe
@signed_in
def line(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    place = _line(by, slug)
    held = label_next(by=by, line=place)
    waiting = waiting_on(line=place, now=timezone.now())
    return _page(request, place, held, done=0, of=min(BUNDLE, waiting + (held is not None)))


@require_POST
@signed_in
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the answer and hand out the next part, in one request."""
    by = person_of(request)
    place = _line(by, slug)
    asked = get_object_or_404(requests_all(), pk=_uuid(request), line=place)
    done, of = _count(request, "done"), _count(request, "of")
    notice: dict[str, Any]
    try:
        label, _undo = label_answer(
            by=by, request=asked, answer=request.POST.get("answer", ""), seconds=_seconds(request)
        )
        notice = {"text": _said(asked, label), "label": label, "seconds": UNDO_SECONDS}
        done += 1
    except NotYours as error:
        notice = {"text": error.sentence, "problem": True}
    held = label_next(by=by, line=place) if done < of else None
    return _page(request, place, held, done=done, of=of, said=notice)


@require_POST
@signed_in
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last answer back; its part is there again."""
    by = person_of(request)
    place = _line(by, slug)
    label = get_object_or_404(
        Label.objects.select_related("request__row__prediction__asset__line", "request__version__model"),
        pk=_uuid(request, "label"),
        person=by,
        request__line=place,
    )
    done, of = _count(request, "done"), max(1, _count(request, "of"))
    notice: dict[str, Any]
    try:
        held: LabelRequest | None = label_take(by=by, request=label_undo(by=by, label=label))
        notice = {"text": _("Taken back. Judge this part again.")}
        done = max(0, done - 1)
    except (TooLateToUndo, NotYours) as error:
        held = label_next(by=by, line=place)
        notice = {"text": error.sentence, "problem": True}
    return _page(request, place, held, done=done, of=of, said=notice)


def _page(
    request: HttpRequest,
    place: Line,
    held: LabelRequest | None,
    *,
    done: int,
    of: int,
    said: dict[str, Any] | None = None,
) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {"line": place, "done": done, "of": of, "said": said or {}, "now": now}
    if held is not None:
        following = after(line=place, now=now)
        context |= {
            "question": question_of(held),
            "number": done + 1,
            "of": max(of, done + 1),
            "following": [one.url for one in pictures_of(following.row.prediction_id) if one.url]
            if following
            else [],
        }
    else:
        context["waiting"] = waiting_on(line=place, now=now)
    partial = "#task" if request.headers.get("HX-Request") == "true" else ""
    return render(request, f"labeling/label.html{partial}", context)


def _said(asked: LabelRequest, label: Label) -> str:
    """After the answer, and only then, what the model said."""
    part, model = asked.row.prediction.part_id, asked.version.model
    if label.answer in Answer.values:
        return _("Part %(part)s: an expert will look at it.") % {"part": part}
    answer = answer_words(model, label.answer)
    if label.answer == label.model_said:
        return _("Part %(part)s: %(answer)s. You and the model agree.") % {"part": part, "answer": answer}
    return _("Part %(part)s: %(answer)s. The model said: %(model)s.") % {
        "part": part,
        "answer": answer,
        "model": answer_words(model, label.model_said),
    }


def _count(request: HttpRequest, name: str) -> int:
    """A small number that only counts what the page shows; anything else is 0."""
    given = request.POST.get(name, "")
    return min(int(given), 1000) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _seconds(request: HttpRequest) -> float | None:
    """How long the part was on the screen."""
    given = request.POST.get("shown", "")
    if not (given.isascii() and given.isdigit() and len(given) < 14):
        return None
    return timezone.now().timestamp() - int(given)


def _uuid(request: HttpRequest, name: str = "request") -> str | None:
    """An id from the form; what is no id finds nothing."""
    try:
        return str(UUID(request.POST.get(name, "")))
    except ValueError:
        return None
