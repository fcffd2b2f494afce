"""My API tokens: the secret is shown once, on the page that answers the form."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.directory.forms.people import TokenForm, end_of
from mlops_portal.foundation.directory.selectors.matrix import scopes_for
from mlops_portal.foundation.directory.selectors.people import tokens_for
from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.people import tokens_of
from mlops_portal.foundation.plant.services.tokens import token_create, token_revoke
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "token.create")
    now = timezone.now()
    rows = [
        {
            "token": token,
            "titles": [ACTIONS[key].title for key in token.scopes if key in ACTIONS],
            "usable": token.revoked_at is None and token.expires_at > now,
        }
        for token in tokens_of(person=by)
    ]
    rows.sort(key=lambda row: not row["usable"])
    return render(request, "directory/tokens.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@reauthentication_required
def make(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "token.create")
    actions = scopes_for(person=by)
    form = TokenForm(request.POST or None, actions=actions)

    def do(given: dict[str, Any]) -> HttpResponse:
        token, secret = token_create(
            by=by, name=given["name"], scopes=given["scopes"], expires_at=end_of(given["expires"])
        )
        return render(request, "directory/token_made.html", {"token": token, "secret": secret}, status=201)

    boxes = dict(zip([action.key for action in actions], form["scopes"].subwidgets, strict=True))
    groups = [
        [boxes[action.key] for action in group] for _area, group in groupby(actions, lambda one: one.area)
    ]
    return form_page(
        request, form, do, template="directory/token_make.html", groups=groups, back=reverse("tokens")
    )


@require_POST
@signed_in
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One's own, or as somebody who may let its owner leave."""
    by = person_of(request)
    token = get_object_or_404(tokens_for(person=by), pk=pk)
    token_revoke(by=by, token=token)
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token})
    return redirect("tokens") if token.person_id == by.pk else redirect("person", token.person_id)
