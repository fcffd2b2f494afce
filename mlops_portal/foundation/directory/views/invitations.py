"""Inviting people: the link is shown once, on the page that answers the form."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.directory.forms.people import InvitationForm
from mlops_portal.foundation.directory.selectors.people import invitations_for
from mlops_portal.foundation.directory.services.invitations import invitation_send
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.invitations import invitation_withdraw
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def invitations(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "people.invite")
    return render(request, "directory/invitations.html", {"invitations": invitations_for(person=by)})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def invite(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "people.invite")

    def do(given: dict[str, Any]) -> HttpResponse:
        site, line = given.pop("place")
        given["role"] = Role(given["role"])
        invitation, link, mailed = invitation_send(by=by, site=site, line=line, **given)
        context = {"invitation": invitation, "link": link, "mailed": mailed}
        return render(request, "directory/invited.html", context, status=201)

    return form_page(
        request,
        InvitationForm(request.POST or None, by=by, initial={"language": by.language}),
        do,
        template="directory/form.html",
        title=_("Invite somebody"),
        lead=_(
            "The person gets a link that works once, within seven days, and chooses a user name and password."
        ),
        submit=_("Invite"),
        back=reverse("invitations"),
        back_label=_("Invitations"),
    )


@require_POST
@signed_in
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    by = person_of(request)
    guard(by, "people.invite")
    invitation = get_object_or_404(invitations_for(person=by), pk=pk)
    invitation_withdraw(by=by, invitation=invitation)
    messages.success(request, _("The invitation of %(name)s was withdrawn.") % {"name": invitation})
    return redirect("invitations")
