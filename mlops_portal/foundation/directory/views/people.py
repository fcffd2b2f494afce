"""People: the list, one person, and leaving."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.directory.selectors.history import lately
from mlops_portal.foundation.directory.selectors.people import expiry, invitations_for, people_for, tokens_for
from mlops_portal.foundation.directory.views.tables import answer, people_table
from mlops_portal.foundation.plant.models import RoleAssignment
from mlops_portal.foundation.plant.policies import demand, guard, leave_verdict, skill_verdict, verdict
from mlops_portal.foundation.plant.services.people import person_leave
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for


@require_safe
@signed_in
def people(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "people.view")
    table = people_table(request, people_for(person=by))
    context = {
        "invitations": invitations_for(person=by).count(),
        "may_invite": by.may("people.invite"),
    }
    return answer(table, "directory/people.html", context)


@require_safe
@signed_in
def person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One person; everybody may see oneself."""
    by = person_of(request)
    if pk != by.pk:
        guard(by, "people.view")
    shown = get_object_or_404(people_for(person=by), pk=pk)
    now = timezone.now()
    roles = RoleAssignment.objects.filter(person=shown).select_related("site", "line", "granted_by")
    held = [one for one in roles if one.ended_at is None and (one.until is None or one.until > now)]
    context = {
        "shown": shown,
        "mine": pk == by.pk,
        "offers": offers_for(by, shown),
        "roles": [(one, verdict(by, "role.grant", site=one.site)) for one in held],
        "past_roles": [one for one in roles if one not in held],
        "skills": [
            (one, expiry(one.expires_at, now=now))
            for one in shown.skills.filter(ended_at=None).select_related("skill", "given_by")
        ],
        "may_end_skill": skill_verdict(by, shown),
        "tokens": tokens_for(person=by).filter(person=shown, revoked_at=None, expires_at__gt=now),
        "history": lately(shown.ref(), person=by),
    }
    return render(request, "directory/person.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Says what ends before it ends; it cannot be undone."""
    by = person_of(request)
    guard(by, "people.view")
    person = get_object_or_404(people_for(person=by), pk=pk)
    if request.method == "POST":
        person_leave(by=by, person=person)
        messages.success(request, _("%(name)s has left. All access ended.") % {"name": person})
        return redirect("person", person.pk)
    demand(leave_verdict(by, person))
    now = timezone.now()
    context = {
        "shown": person,
        "roles": person.assignments,
        "skills": person.skills.filter(ended_at=None).count(),
        "tokens": person.tokens.filter(revoked_at=None, expires_at__gt=now).count(),
        "back": reverse("person", args=[person.pk]),
    }
    return render(request, "directory/leave.html", context)
