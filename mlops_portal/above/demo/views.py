"""The demo plant's page: what the machines make now, and what one may do to them."""

from __future__ import annotations

import http.client
import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from edge_sync.keys.demo import is_demo
from mlops_portal.above.demo import places, selectors
from mlops_portal.above.demo.accounts import ACCOUNTS
from mlops_portal.above.demo.codes import PERIOD, SECRETS, code_now
from mlops_portal.above.demo.forms import DisturbanceForm
from mlops_portal.above.demo.models import Disturbance
from mlops_portal.above.demo.plant_words import in_words
from mlops_portal.above.demo.services import disturbance_off, disturbance_on
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.above.demo.story import chapters
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import assets_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in

VIEWS = ("colour", "depth")


@require_safe
@signed_in
def board(request: HttpRequest) -> HttpResponse:
    """What happens next stands first; a step of the story brings its machine into the form."""
    machine = request.GET.get("machine", "")
    initial = {"asset": machine, "strength": 3} if machine else {}
    return _board(request, DisturbanceForm(assets=assets_for(person=person_of(request)), initial=initial))


def _board(request: HttpRequest, form: DisturbanceForm, status: int = 200) -> HttpResponse:
    by = person_of(request)
    may = by.may("demo.disturb")
    if not may and not is_demo():
        guard(by, "demo.disturb")
    context = {
        "may": may,
        "machines": selectors.machines(person=by) if may else [],
        "form": form,
        "texts": [(in_words(one.name), in_words(one.text)) for one in DISTURBANCES.values()],
        **_story(),
    }
    return render(request, "demo/board.html", context, status=status)


def _story() -> dict[str, Any]:
    names = [(one.username, f"{one.name} ({one.username})") for one in ACCOUNTS]
    return {"chapters": chapters(), "names": names}


@require_safe
@signed_in
def story(request: HttpRequest) -> HttpResponse:
    """The story alone, fetched again every few seconds; for everybody of the demo plant."""
    if not is_demo():
        guard(person_of(request), "demo.disturb")
    return render(request, "demo/board.html#story", _story())


@require_safe
def code(request: HttpRequest) -> HttpResponse:
    """What the authenticator app of the demo's quality engineer shows now, for those without a phone at hand.

    Not behind a sign-in, because it is needed to sign in; its secret stands in the source, and the person is
    invented. Elsewhere than at the embedded demo plant there is no such page.
    """
    if not is_demo():
        raise Http404
    left = PERIOD - int(time.time()) % PERIOD
    shown = [
        (account.name, account.username, code_now(account.username))
        for account in ACCOUNTS
        if account.username in SECRETS
    ]
    context = {"codes": shown, "left": left}
    part = request.headers.get("HX-Target") == "codes"
    return render(request, "demo/code.html#codes" if part else "demo/code.html", context)


@require_safe
@signed_in
def machines(request: HttpRequest) -> HttpResponse:
    """The machines alone, fetched again every few seconds."""
    by = person_of(request)
    guard(by, "demo.disturb")
    return render(request, "demo/board.html#machines", {"machines": selectors.machines(person=by)})


@require_POST
@signed_in
def switch_on(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "demo.disturb")
    form = DisturbanceForm(request.POST, assets=assets_for(person=by))
    if not form.is_valid():
        return _board(request, form, status=422)
    on = disturbance_on(by=by, **form.cleaned_data)
    name = in_words(DISTURBANCES[on.key].name)
    messages.success(request, _("%(name)s is on at %(asset)s.") % {"name": name, "asset": on.asset})
    return redirect("demo:board")


@require_POST
@signed_in
def switch_off(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    on = get_object_or_404(Disturbance.objects.select_related("asset__line"), pk=pk)
    disturbance_off(by=by, disturbance=on)
    name = in_words(DISTURBANCES[on.key].name)
    messages.success(request, _("%(name)s is off at %(asset)s.") % {"name": name, "asset": on.asset})
    return redirect("demo:board")


@require_safe
@signed_in
def picture(request: HttpRequest, part: str, view: str) -> HttpResponse:
    """A part as the camera sees it; a crossed-out camera where it is off or has forgotten the part."""
    guard(person_of(request), "demo.disturb")
    if view not in VIEWS or not part.replace("-", "").isalnum():
        raise Http404
    camera = http.client.HTTPConnection("127.0.0.1", places.camera_port(), timeout=10)
    try:
        camera.request("GET", f"/pictures/{part}/{view}.png")
        answer = camera.getresponse()
        data = answer.read()
    except OSError:
        return redirect(static("no-picture.svg"))
    finally:
        camera.close()
    if answer.status != 200:
        return redirect(static("no-picture.svg"))
    return HttpResponse(data, content_type="image/png", headers={"Cache-Control": "private, max-age=3600"})
