"""What people do with parts in doubt: each a page with one form, and what it is about above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.containment.forms import (
    BoundForm,
    CloseForm,
    DisposeForm,
    DoubtForm,
    FoundForm,
    PartForm,
    PullForm,
    WidenForm,
)
from monitoring.containment.policies import containment_verdict
from monitoring.containment.selectors import words
from monitoring.containment.selectors.containments import parts_of, reinspected
from monitoring.containment.services.disposing import (
    containment_close,
    lot_pull,
    part_dispose,
    part_reinspect,
    parts_dispose,
)
from monitoring.containment.services.opening import containment_ask, containment_bound, containment_widen
from monitoring.containment.views.containments import lot_of, seen_by
from monitoring.models import Containment

GET_POST = ["GET", "POST"]


def _page(
    request: HttpRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], HttpResponse],
    *,
    title: str,
    lead: str,
    submit: str,
    back: str,
) -> HttpResponse:
    return form_page(
        request, form, do, template="monitoring/act.html", title=title, lead=lead, submit=submit,
        back=back,
    )  # fmt: skip


def _back(shown: Containment) -> str:
    return reverse("containment", args=[shown.pk])


def _lot_back(shown: Containment, lot: str) -> str:
    return f"{reverse('containment_lot', args=[shown.pk])}?{urlencode({'lot': lot})}"


@require_http_methods(GET_POST)
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """A person doubts parts."""
    by = person_of(request)
    guard(by, "containment.open")

    def do(given: dict[str, Any]) -> HttpResponse:
        made = containment_ask(by=by, **given)
        messages.success(
            request, _("%(code)s is open; its parts join within a minute.") % {"code": made.code}
        )
        return redirect("containment", made.pk)

    form = DoubtForm(by, request.POST or None, initial={"asset": request.GET.get("asset", "")})
    return _page(
        request, form, do, title=_("Parts in doubt"), submit=_("Hold these parts"),
        lead=_("All that the machine judged in this time is listed by lot, and nothing of it is delivered "
               "until somebody has decided about each part."),
        back=reverse("containments"),
    )  # fmt: skip


@require_http_methods(GET_POST)
@signed_in
def pull(request: HttpRequest, pk: int) -> HttpResponse:
    by, shown = seen_by(request, pk)
    demand(containment_verdict(by, shown, "pull"))
    row = lot_of(request, shown)

    def do(given: dict[str, Any]) -> HttpResponse:
        done = lot_pull(by=by, containment=shown, lot=row.lot, **given)
        text = _("Pulled: %(pulled)d of %(parts)d.") % {"pulled": done.pulled, "parts": done.parts}
        if done.missing:
            text += " " + ngettext(
                "%(n)d was not found; say so to quality now.",
                "%(n)d were not found; say so to quality now.",
                done.missing,
            ) % {"n": done.missing}
        messages.success(request, text)
        return redirect(_lot_back(shown, row.lot))

    lead = ngettext(
        "%(n)d part of %(lot)s is in doubt. Put what you find into the blocked store, with the label.",
        "%(n)d parts of %(lot)s are in doubt. Put what you find into the blocked store, with the label.",
        row.parts,
    ) % {"n": row.parts, "lot": words.lot_words(row.lot)}
    return _page(
        request, PullForm(request.POST or None), do, title=_("Pull parts of %(code)s") % {"code": shown.code},
        lead=lead, submit=_("These were found"), back=_lot_back(shown, row.lot),
    )  # fmt: skip


@require_http_methods(GET_POST)
@signed_in
def dispose(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a lot that the address names, else of all lots."""
    by, shown = seen_by(request, pk)
    demand(containment_verdict(by, shown, "dispose"))
    row = lot_of(request, shown) if "lot" in request.GET else None
    lot = row.lot if row is not None else None
    waiting = row.waiting if row is not None else shown.waiting
    back = _lot_back(shown, lot) if lot is not None else _back(shown)

    def do(given: dict[str, Any]) -> HttpResponse:
        done = parts_dispose(by=by, containment=shown, lot=lot, **given)
        messages.success(
            request,
            ngettext("Signed for %(n)d part: %(kind)s.", "Signed for %(n)d parts: %(kind)s.", done.parts)
            % {"n": done.parts, "kind": done.get_kind_display()},
        )
        return redirect(back)

    lead = ngettext(
        "%(n)d part of %(lot)s waits for a decision.", "%(n)d parts of %(lot)s wait for a decision.", waiting
    ) % {"n": waiting, "lot": words.lot_words(lot)}
    good = reinspected(shown, lot)
    lead += " " + ngettext(
        "A re-inspection found %(n)d of them good; only that one can be signed as good or reworked.",
        "A re-inspection found %(n)d of them good; only those can be signed as good or reworked.",
        good,
    ) % {"n": good}
    lead += " " + _("Your name, %(name)s, stands under it.") % {"name": by.name}
    return _page(
        request, DisposeForm(request.POST or None, initial={"seen": waiting}), do,
        title=_("Decide about parts of %(code)s") % {"code": shown.code}, lead=lead, submit=_("Sign it"),
        back=back,
    )  # fmt: skip


@require_http_methods(GET_POST)
@signed_in
def part(request: HttpRequest, pk: int, part_pk: int) -> HttpResponse:
    """One part: what its re-inspection found, and for who may sign, what becomes of it."""
    by, shown = seen_by(request, pk)
    row = get_object_or_404(parts_of(shown), pk=part_pk)
    model, back = row.prediction.version.model, _lot_back(shown, row.lot)
    signs = bool(containment_verdict(by, shown, "dispose")) and row.disposition is None
    records = by.may("inspection.record", line=shown.asset.line)
    form: forms.Form

    def do(given: dict[str, Any]) -> HttpResponse:
        if signs:
            del given["seen"]
            part_dispose(by=by, containment=shown, part=row, **given)
            messages.success(request, _("Signed for part %(part)s.") % {"part": row.part_id})
        else:
            part_reinspect(by=by, containment=shown, part=row, **given)
            messages.success(request, _("Recorded for part %(part)s.") % {"part": row.part_id})
        return redirect(back)

    if signs:
        form = PartForm(model, request.POST or None, initial={"seen": 1, "truth": ""})
    else:
        form = FoundForm(model, request.POST or None)
    words_of = {
        "said": model.class_words(row.prediction.label),
        "truth": model.class_words(row.prediction.truth) if row.prediction.truth else "–",
        "became": row.disposition.get_kind_display() if row.disposition else _("waits"),
    }
    lead = _("The model said %(said)s; inspection found %(truth)s; decision: %(became)s.") % words_of
    return _page(
        request, form, do, title=_("Part %(part)s") % {"part": row.part_id}, lead=lead,
        submit=_("Sign it") if signs else _("Record the result") if records else "", back=back,
    )  # fmt: skip


@require_http_methods(GET_POST)
@signed_in
def bound(request: HttpRequest, pk: int) -> HttpResponse:
    by, shown = seen_by(request, pk)
    demand(containment_verdict(by, shown, "bound"))

    def do(given: dict[str, Any]) -> HttpResponse:
        containment_bound(by=by, containment=shown, **given)
        messages.success(request, _("No later part joins %(code)s.") % {"code": shown.code})
        return redirect("containment", shown.pk)

    return _page(
        request, BoundForm(request.POST or None, initial={"until": timezone.now()}), do,
        title=_("When did the cause of %(code)s end?") % {"code": shown.code}, submit=_("It ended then"),
        lead=_("A good golden check ends it by itself. Say it here where you know it otherwise, for example "
               "because the machine stood still."),
        back=_back(shown),
    )  # fmt: skip


@require_http_methods(GET_POST)
@signed_in
def widen(request: HttpRequest, pk: int) -> HttpResponse:
    by, shown = seen_by(request, pk)
    demand(containment_verdict(by, shown, "widen"))

    def do(given: dict[str, Any]) -> HttpResponse:
        containment_widen(by=by, containment=shown, **given)
        messages.success(request, _("The parts of that time join within a minute."))
        return redirect("containment", shown.pk)

    return _page(
        request, WidenForm(request.POST or None, initial={"since": shown.since}), do,
        title=_("When did the cause of %(code)s begin?") % {"code": shown.code}, submit=_("It began then"),
        lead=_("Only earlier than now known: parts never leave by a date."), back=_back(shown),
    )  # fmt: skip


@require_http_methods(GET_POST)
@signed_in
def close(request: HttpRequest, pk: int) -> HttpResponse:
    by, shown = seen_by(request, pk)
    demand(containment_verdict(by, shown, "close"))

    def do(_given: dict[str, Any]) -> HttpResponse:
        containment_close(by=by, containment=shown)
        messages.success(request, _("%(code)s is closed.") % {"code": shown.code})
        return redirect("containment", shown.pk)

    lead = _("%(why)s %(headline)s. Parts of which a node tells late open it again.") % {
        "why": words.why(shown), "headline": words.headline(shown),
    }  # fmt: skip
    return _page(
        request, CloseForm(request.POST if request.method == "POST" else None), do,
        title=_("Close %(code)s") % {"code": shown.code}, lead=lead, submit=_("Close it"), back=_back(shown),
    )  # fmt: skip
