"""The page about one's own account: how one signs in, and where one is signed in."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.foundation.directory.views.signin.sessions import sessions_end, sessions_of
from mlops_portal.foundation.plant.models import Pin
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@signed_in
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    by_kind: dict[str, list[Authenticator]] = {kind: [] for kind in Authenticator.Type.values}
    for one in Authenticator.objects.filter(user=person).order_by("created_at"):
        by_kind[one.type].append(one)
    codes = by_kind[Authenticator.Type.RECOVERY_CODES]
    context = {
        "passkeys": by_kind[Authenticator.Type.WEBAUTHN],
        "app": next(iter(by_kind[Authenticator.Type.TOTP]), None),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "may_pin": person.may("pin.set"),
        "has_pin": Pin.objects.filter(person=person).exists(),
        "sessions": sessions_of(person, here=request.session.session_key),
    }
    return render(request, "mfa/index.html", context)


@require_POST
@signed_in
@reauthentication_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    ended = sessions_end(
        person_of(request), here=request.session.session_key, handle=request.POST.get("session") or None
    )
    text = ngettext("Signed out on %(count)d device.", "Signed out on %(count)d devices.", ended)
    messages.success(request, text % {"count": ended})
    return redirect("mfa_index")
