"""Who stands at a shared tablet, for how long.

- The tablet is known by its cookie; the person by a session that says at which tablet and until when. A
  session without its tablet's cookie is nobody's; one of another kind does not live on a paired tablet.
- It ends after ``IDLE`` without a touch (the page ends it itself, on time; the portal a little later, because
  it notes touches only now and then), with the shift, when the PIN is set anew or ended, when the tablet is
  unpaired, and when somebody else takes over.
- What a page fetches by itself is no touch.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.utils import timezone

from mlops_portal.foundation.plant.models import Person, Pin, Tablet
from mlops_portal.foundation.plant.models.tablet import IDLE
from mlops_portal.foundation.plant.services.tablets import tablet_seen
from mlops_portal.foundation.shell.pages import problems
from mlops_portal.foundation.shell.pages.signed_in import is_part

COOKIE, SESSION = "tablet", "tablet"
NOTED_EVERY = timedelta(seconds=30)
YEAR = 365 * 24 * 3600


def tablet_of(request: HttpRequest) -> Tablet | None:
    secret = request.COOKIES.get(COOKIE, "")
    return tablet_seen(secret=secret) if secret else None


def stand(
    request: HttpRequest, tablet: Tablet, person: Person, *, until: datetime, pin_set: datetime
) -> None:
    """Begin a session of the person at the tablet; who stood there before is out."""
    logout(request)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    now = timezone.now()
    request.session.set_expiry(until)
    request.session[SESSION] = {
        "id": str(tablet.pk),
        "pin": pin_set.isoformat(),
        "touched": now.isoformat(),
    }
    request.session["signed_in"] = {
        "at": now.isoformat(),
        "address": request.META.get("REMOTE_ADDR", ""),
        "agent": request.headers.get("User-Agent", "")[:400],
    }


def is_over(request: HttpRequest, tablet: Tablet | None) -> bool:
    """Whether the session of somebody at a tablet has ended by now."""
    standing = request.session[SESSION]
    if tablet is None or standing["id"] != str(tablet.pk) or not isinstance(request.user, Person):
        return True
    if timezone.now() - datetime.fromisoformat(standing["touched"]) > IDLE + NOTED_EVERY:
        return True
    pin = Pin.objects.filter(person=request.user, set_at=datetime.fromisoformat(standing["pin"]))
    return not pin.exists()


def note_touch(request: HttpRequest) -> None:
    """Somebody is there; noted twice a minute at most."""
    standing, now = request.session[SESSION], timezone.now()
    if is_touch(request) and now - datetime.fromisoformat(standing["touched"]) >= NOTED_EVERY:
        request.session[SESSION] = {**standing, "touched": now.isoformat()}


def is_touch(request: HttpRequest) -> bool:
    """A page that was opened or something that was sent; browsers say so on addresses that they trust."""
    if request.method == "POST":
        return True
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode == "navigate" and not is_part(request) and not problems.wants_json(request)
