"""Which of these is it: one part after another, one tap each.

Without script every tap is a form and its answer a page. With it the page keeps a few parts and the taps
(``static/js/label*.js``), sends the taps through the API, and asks ``tasks`` for more parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from labeling.errors import NotYours, TooLateToUndo
from labeling.models import Label, LabelRequest
from labeling.rules.taps import Sent
from labeling.selectors.afterwards import afterwards
from labeling.selectors.question import question_of
from labeling.selectors.queue import queues_for, requests_all, waiting_on
from labeling.selectors.tickets import ticket_for
from labeling.services import label_answer, label_next, label_take, label_undo, labels_hold
from labeling.transitions import CantTellWhy
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in

BUNDLE = 10
KEPT = 8  # parts that a tablet holds, so that it goes on without a network


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
@never_cache
@signed_in
def line(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    place = _line(by, slug)
    held = label_next(by=by, line=place)
    waiting = waiting_on(line=place, now=timezone.now())
    return _page(request, place, held, done=0, of=min(BUNDLE, waiting + (held is not None)))


@require_safe
@never_cache
@signed_in
def tasks(request: HttpRequest, slug: str) -> JsonResponse:
    """The parts that the person holds, as the page draws them, and what the page needs to send answers.

    ``have``: the ids that the page has already; ``take``: one to have again after an undo.
    """
    by = person_of(request)
    place = _line(by, slug)
    if (again := _uuid(request.GET.get("take", ""))) is not None:
        _take_again(by, place, again)
    now = timezone.now()
    held = labels_hold(by=by, line=place, count=KEPT)
    have = set(request.GET.get("have", "").split(","))
    return JsonResponse(
        {
            "person": str(by.pk),
            "name": by.name,
            "csrf": get_token(request),
            "until": request.session.get_expiry_date().isoformat(),
            "waiting": waiting_on(line=place, now=now),
            "held": [str(one.pk) for one in held],
            "tasks": [_task(request, place, one, by) for one in held if str(one.pk) not in have],
        }
    )


def _take_again(by: Person, place: Line, pk: UUID) -> None:
    asked = requests_all().filter(pk=pk, line=place).first()
    if asked is not None:
        try:
            label_take(by=by, request=asked)
        except NotYours:
            return  # somebody has it by now; the page goes on with another


def _task(request: HttpRequest, place: Line, held: LabelRequest, by: Person) -> dict[str, Any]:
    context = _question(place, held, by, done=0, of=0)
    question = context["question"]
    return {
        "id": str(held.pk),
        "part": question.prediction.part_id,
        "ticket": context["ticket"],
        "answers": {one["value"]: str(one["label"]) for one in question.choices},
        "pictures": question.prefetch,
        "html": render_to_string("labeling/_task.html", context, request),
    }


@require_safe
@never_cache
def shell(request: HttpRequest) -> HttpResponse:
    """The page without a person or a part: what the service worker shows when the portal does not answer."""
    return render(request, "labeling/label.html", _frame({"shell": True, "person": None, "line": ""}))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it stands here because it reaches no higher than its own address."""
    path = finders.find("js/label-worker.js")
    assert isinstance(path, str)  # ours
    text = Path(path).read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the answer and hand out the next part, in one request; the address alone leads to the page."""
    if request.method != "POST":
        return redirect("label_line", slug)
    by = person_of(request)
    place = _line(by, slug)
    asked = get_object_or_404(requests_all(), pk=_uuid(request.POST.get("request", "")), line=place)
    done, of = _count(request, "done"), _count(request, "of")
    key = _uuid(request.POST.get("key", ""))
    notice: dict[str, Any]
    try:
        label, _undo = label_answer(
            by=by,
            request=asked,
            answer=request.POST.get("answer", ""),
            seconds=_seconds(request),
            sent=Sent(key, request.POST.get("ticket", "")) if key else None,
        )
        notice = {"text": afterwards(label).text, "label": label}
        done += 1
    except NotYours as error:
        notice = {"text": error.sentence, "problem": True}
    held = label_next(by=by, line=place) if done < of else None
    return _page(request, place, held, done=done, of=of, said=notice)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last answer back; its part is there again."""
    if request.method != "POST":
        return redirect("label_line", slug)
    by = person_of(request)
    place = _line(by, slug)
    label = get_object_or_404(
        Label.objects.select_related("request__row__prediction__asset__line", "request__version__model"),
        pk=_uuid(request.POST.get("label", "")),
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


def _question(place: Line, held: LabelRequest, by: Person, *, done: int, of: int) -> dict[str, Any]:
    return {
        "line": place,
        "question": question_of(held),
        "ticket": ticket_for(by, held),
        "key": uuid4(),
        "done": done,
        "of": max(of, done + 1),
        "number": done + 1,
        "now": timezone.now(),
    }


def _frame(context: dict[str, Any]) -> dict[str, Any]:
    return {"cant_tell": CantTellWhy.choices, **context}


def _page(
    request: HttpRequest,
    place: Line,
    held: LabelRequest | None,
    *,
    done: int,
    of: int,
    said: dict[str, Any] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"line": place, "done": done, "of": of, "said": said or {}}
    if held is not None:
        context |= _question(place, held, person_of(request), done=done, of=of)
    else:
        context["waiting"] = waiting_on(line=place, now=timezone.now())
    return render(request, "labeling/label.html", _frame(context))


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


def _uuid(given: str) -> UUID | None:
    """An id from the form; what is no id finds nothing."""
    try:
        return UUID(given)
    except ValueError:
        return None
