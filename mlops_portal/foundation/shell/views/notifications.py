"""What happened that concerns me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.foundation.shell.notices import notifications
from mlops_portal.foundation.shell.pages.next_page import next_page, safe_url
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries import kinds
from mlops_portal.foundation.shell.registries.undo import offer_undo
from mlops_portal.foundation.wire.errors import NotFound

PER_PAGE = 50


@require_safe
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    unread = request.GET.get("show") != "all"
    rows = notifications.notifications_of(person=person_of(request), unread=unread)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows[: PER_PAGE + 1])
    context = {
        "rows": [(row, kinds.KINDS.get(row.kind)) for row in shown[:PER_PAGE]],
        "older": shown[PER_PAGE - 1].pk if len(shown) > PER_PAGE else None,
        "only_unread": unread,
        "topic": f"person:{person_of(request).pk}",
    }
    partial = request.headers.get("HX-Target") == "notices"
    return render(
        request, "shell/notifications.html#list" if partial else "shell/notifications.html", context
    )


@require_safe
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    return render(request, "shell/_bell.html")


@require_POST
@signed_in
def read(request: HttpRequest, pk: int) -> HttpResponse:
    token = notifications.notification_read(by=person_of(request), notification_id=pk)
    offer_undo(request, _("Marked as read."), token)
    return redirect(next_page(request, "notifications"))


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    token = notifications.notifications_read_all(by=person_of(request))
    offer_undo(request, _("All notices are marked as read."), token)
    return redirect(next_page(request, "notifications"))


@require_POST
@signed_in
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    person = person_of(request)
    row = notifications.notifications_of(person=person).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such notice, or it is not yours."))
    notifications.notification_read(by=person, notification_id=pk)
    return redirect(safe_url(request, row.url, "notifications"))


@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """How I want to hear of what; one form over all kinds."""
    person = person_of(request)
    if request.method == "POST":
        for kind, _now in notifications.preferences_of(person=person):
            notifications.notification_preference_set(
                by=person,
                kind=kind.key,
                page=f"{kind.key}.page" in request.POST,
                mail=f"{kind.key}.mail" in request.POST,
                webhook=f"{kind.key}.webhook" in request.POST,
            )
        return redirect("notification-preferences")
    context = {"rows": notifications.preferences_of(person=person), "has_mail": bool(person.email)}
    return render(request, "shell/notification_preferences.html", context)
