"""Coming in by invitation: the one way to get an account."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from mlops_portal.foundation.directory.adapter import ACCOUNT, seconds_to_wait, too_often
from mlops_portal.foundation.directory.forms.signin import JoinForm
from mlops_portal.foundation.plant.errors import InvitationUnusable, NameTaken
from mlops_portal.foundation.plant.models import Invitation
from mlops_portal.foundation.plant.services.invitations import invitation_accept, secret_digest
from mlops_portal.foundation.wire.errors import Invalid

GUESSES = {"join": "10/5m/ip"}  # wrong links from one address; right ones are not counted


@never_cache
@sensitive_variables("secret")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    wait = seconds_to_wait(request, action="join", key="", config=GUESSES)
    if wait:
        return render(request, "account/join_closed.html", {"reason": too_often(wait)}, status=429)
    invitation = _open_invitation(secret)
    if invitation is None:
        return _refused(request)
    with translation.override(invitation.language):
        return _join(request, invitation, secret)


def _open_invitation(secret: str) -> Invitation | None:
    return (
        Invitation.objects.filter(
            secret_digest=secret_digest(secret),
            accepted_at=None,
            withdrawn_at=None,
            expires_at__gt=timezone.now(),
        )
        .select_related("site", "line", "invited_by")
        .first()
    )


def _refused(request: HttpRequest, sentence: str = "") -> HttpResponse:
    ratelimit.consume(request, app=ACCOUNT, action="join", config=GUESSES, key="", limit_get=True)
    return render(request, "account/join_closed.html", {"reason": sentence}, status=410)


def _join(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        try:
            person = invitation_accept(
                secret=secret, username=form.cleaned_data["username"], password=password
            )
        except NameTaken as error:
            form.add_error("username", error.sentence)
        except Invalid as error:
            form.add_error("password", error.sentence)
        except InvitationUnusable as error:
            return _refused(request, error.sentence)
        else:
            logout(request)  # whoever was signed in on this device is not the one who joined
            get_adapter().login(request, person)
            record_authentication(request, person, method="password", reauthenticated=True)
            return redirect("joined")
    return render(request, "account/join.html", {"form": form, "invitation": invitation})
