"""The calendar of a site: its week of shifts as a drawing, and the days on which it stands still."""

from __future__ import annotations

import zoneinfo
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.directory.forms.places import ClosedDayForm, ShiftForm
from mlops_portal.foundation.directory.selectors.calendar import closed_days_for, shifts_for
from mlops_portal.foundation.directory.selectors.week import monday_of, week
from mlops_portal.foundation.directory.services.undo import shift_as_it_is
from mlops_portal.foundation.plant.models import Person, Shift, Site
from mlops_portal.foundation.plant.policies import guard, verdict
from mlops_portal.foundation.plant.selectors.places import sites_for
from mlops_portal.foundation.plant.services.calendar import (
    closed_day_add,
    closed_day_remove,
    shift_remove,
    shift_set,
)
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.undo import offer_undo, token


def _site(by: Person, slug: str) -> Site:
    guard(by, "plant.view")
    return get_object_or_404(sites_for(person=by), slug=slug)


def _day(text: str | None, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text or "")
        monday_of(day)
    except (ValueError, OverflowError):
        return otherwise
    return day if 1990 <= day.year <= 2200 else otherwise


@require_safe
@signed_in
def calendars(request: HttpRequest) -> HttpResponse:
    """The only site, or the first: the others are tabs on its page."""
    by = person_of(request)
    guard(by, "plant.view")
    site = sites_for(person=by).first()
    return redirect("calendar", site.slug) if site else render(request, "directory/no_site.html")


@require_safe
@signed_in
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    site = _site(by, slug)
    now = timezone.now().astimezone(zoneinfo.ZoneInfo(site.time_zone))
    monday = monday_of(_day(request.GET.get("week"), now.date()))
    shifts = list(shifts_for(person=by).filter(site=site).order_by("starts"))
    closed = list(closed_days_for(person=by).filter(site=site))
    context = {
        "site": site,
        "sites": [
            {"label": one.name, "url": reverse("calendar", args=[one.slug]), "active": one == site}
            for one in sites_for(person=by)
        ],
        "week": week(shifts=shifts, closed=closed, monday=monday, now=now),
        "this_week": monday == monday_of(now.date()),
        "shifts": shifts,
        "coming": [one for one in closed if one.day >= now.date()],
        "edit": verdict(by, "calendar.edit", site=site),
        "clock": f"{now:%H:%M}",
    }
    return render(request, "directory/calendar.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def shift_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a shift, or change the hours of the one that has this name."""
    by = person_of(request)
    site = _site(by, slug)
    guard(by, "calendar.edit", site=site)

    def do(given: dict[str, Any]) -> HttpResponse:
        old = Shift.objects.filter(site=site, name=given["name"]).select_related("site").first()
        given["weekdays"] = "".join(given["weekdays"])
        made = shift_set(by=by, site=site, **given)
        back = (
            token(by=by, name="directory.shift_set", **shift_as_it_is(old))
            if old
            else token(by=by, name="directory.shift_made", shift=made.pk)
        )
        offer_undo(request, _("The shift “%(shift)s” was saved.") % {"shift": made}, back)
        return redirect("calendar", site.slug)

    shift = Shift.objects.filter(site=site, name=request.GET.get("name", "")).first()
    initial = (
        {"name": shift.name, "starts": shift.starts, "ends": shift.ends, "weekdays": list(shift.weekdays)}
        if shift
        else {"weekdays": list("12345")}
    )
    return form_page(
        request,
        ShiftForm(request.POST or None, initial=initial),
        do,
        template="directory/form.html",
        title=_("Change the shift %(shift)s") % {"shift": shift} if shift else _("Add a shift"),
        lead=_("Times are local time of %(site)s (%(zone)s).") % {"site": site, "zone": site.time_zone},
        submit=_("Save the shift"),
        back=reverse("calendar", args=[site.slug]),
        back_label=_("Calendar"),
    )


@require_POST
@signed_in
def shift_gone(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    by = person_of(request)
    site = _site(by, slug)
    shift = get_object_or_404(Shift.objects.select_related("site"), site=site, pk=pk)
    back = token(by=by, name="directory.shift_set", **shift_as_it_is(shift))
    shift_remove(by=by, shift=shift)
    offer_undo(request, _("The shift “%(shift)s” was removed.") % {"shift": shift}, back)
    return redirect("calendar", site.slug)


@require_http_methods(["GET", "POST"])
@signed_in
def day_close(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    site = _site(by, slug)
    guard(by, "calendar.edit", site=site)

    def do(given: dict[str, Any]) -> HttpResponse:
        closed = closed_day_add(by=by, site=site, **given)
        back = token(by=by, name="directory.day_closed", closed=closed.pk)
        offer_undo(request, _("%(closed)s is closed.") % {"closed": closed}, back)
        return redirect(f"{reverse('calendar', args=[site.slug])}?week={closed.day.isoformat()}")

    return form_page(
        request,
        ClosedDayForm(request.POST or None, site=site, initial={"day": request.GET.get("day")}),
        do,
        template="directory/form.html",
        title=_("Close a day"),
        lead=_("On a closed day no shift runs, and nobody is asked for anything."),
        submit=_("Close the day"),
        back=reverse("calendar", args=[site.slug]),
        back_label=_("Calendar"),
    )


@require_POST
@signed_in
def day_open(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    by = person_of(request)
    site = _site(by, slug)
    closed = get_object_or_404(closed_days_for(person=by).filter(site=site), pk=pk)
    back = token(
        by=by,
        name="directory.day_opened",
        site=site.slug,
        line=closed.line.slug if closed.line else None,
        day=closed.day.isoformat(),
        reason=closed.reason,
    )
    closed_day_remove(by=by, closed=closed)
    offer_undo(request, _("%(closed)s is open again.") % {"closed": closed}, back)
    return redirect(f"{reverse('calendar', args=[site.slug])}?week={closed.day.isoformat()}")
