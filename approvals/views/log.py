"""The decision log: the list, one event, and verifying the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from approvals.selectors.records.log import FIELDS, Filter, filter_of, log_page, newer_count
from approvals.selectors.records.log_event import event_of, event_shown
from approvals.selectors.records.log_links import KINDS, Thing, things_of, word_of
from approvals.services.log import log_read, verification_ask
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.selectors import checkpoint_latest
from mlops_portal.foundation.ledger.selectors.witnesses import disputes_open, witnesses_seen
from mlops_portal.foundation.ledger.types import registered, sentence
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in

SHOWN_THINGS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """An event in the list: what happened, and the first things that it is about."""

    event: Event
    text: str
    things: list[Thing]


@require_safe
@signed_in
def log(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "log.view")
    wanted = filter_of(request.GET.dict())
    if request.headers.get("HX-Target") == "newer":
        newest = _id(request, "newest")
        context = {"newer": newer_count(wanted, since=newest), "newest": newest, "page_url": _url(request)}
        return _varied(render(request, "approvals/log.html#newer", context))
    log_read(by=by, what=wanted.text)
    page = log_page(wanted, before=_id(request, "before"), after=_id(request, "after"))
    context = {
        **_filters(request, wanted),
        "lines": lines_of(page.events),
        "newest": page.events[0].pk if page.events else 0,
        "older_url": _url(request, before=page.older) if page.older else "",
        "newer_url": _url(request, after=page.newer) if page.newer else "",
        "page_url": _url(request),
        "live": not (_id(request, "before") or _id(request, "after")),
        "checkpoint": checkpoint_latest(),
        "witnesses": witnesses_seen(),
        "disputes": list(disputes_open()),
        "may_verify": by.may("log.verify"),
        "may_export": by.may("log.export"),
    }
    return _varied(render(request, "approvals/log.html", context))


def lines_of(events: list[Event]) -> list[Line]:
    """The rows of a list; names and addresses of all things are looked up together."""
    shown = {
        event.pk: sorted(event.subjects.all(), key=lambda one: one.pk)[:SHOWN_THINGS] for event in events
    }
    subjects = [one for several in shown.values() for one in several]
    things = dict(zip([one.pk for one in subjects], things_of(subjects), strict=True))
    return [Line(event, sentence(event), [things[one.pk] for one in shown[event.pk]]) for event in events]


def _filters(request: HttpRequest, wanted: Filter) -> dict[str, Any]:
    names = sorted(registered())
    rooms = sorted({name.rpartition(".")[0] for name in names})
    kind, key = wanted.thing
    return {
        "wanted": wanted,
        "given": {name: request.GET.get(name, "") for name in FIELDS},
        "types": [*(f"{room}.*" for room in rooms), *names],
        "people": Person.objects.order_by("name").values_list("pk", "name"),
        "kinds": sorted(((name, word_of(name)) for name in KINDS), key=lambda one: one[1]),
        "thing": f"{word_of(kind)} {key}".strip() if kind else "",
    }


def _id(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _url(request: HttpRequest, **changed: int) -> str:
    """This list's address, on another page of it."""
    query = request.GET.copy()
    for name in ("before", "after", "newest"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Target"])
    return response


@require_safe
@signed_in
def event(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One event: its public text, what it says about people, and its proof."""
    by = person_of(request)
    guard(by, "log.view")
    shown = event_of(uuid)
    log_read(by=by, what=f"event={uuid}")
    return render(request, "approvals/log_event.html", {"shown": event_shown(shown), "text": sentence(shown)})


@require_POST
@signed_in
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole log; the job leads to what was found."""
    job = verification_ask(by=person_of(request))
    return redirect("job", pk=job.pk)
