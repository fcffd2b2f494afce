"""Undo: what was done hands back a token, and the token runs the registered inverse.

- A token is signed, belongs to one person and ends after ``SECONDS``.
- It names a registered inverse and ids, never code or values to write.
- The inverse is a service: it checks permission and claims its transition, so a token that is used twice, or
  too late, meets a named error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries.keyed import Keyed
from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed

SECONDS = 600
SALT = "shell.undo"
Inverse = Callable[..., object]
INVERSES: Keyed[Inverse] = Keyed("undo")


class TooLate(Conflict):
    code = "too-late-to-undo"


def register(name: str, inverse: Inverse) -> None:
    """``inverse(by=person, **ids)`` undoes; it may raise any PortalError."""
    INVERSES.add(name, inverse)


def token(*, by: Person, name: str, **ids: Any) -> str:
    """What a service hands back so that its effect can be undone; KeyError for an unknown name."""
    if name not in INVERSES:
        raise KeyError(f"nothing is registered to undo {name!r}")
    return signing.dumps([name, str(by.pk), ids], salt=SALT, compress=True)


def run(*, by: Person, token: str) -> None:
    """Run the inverse. Raises TooLate, Invalid, NotAllowed, or what the inverse raises."""
    try:
        name, person_id, ids = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.SignatureExpired:
        raise TooLate(_("It is too late to undo this; change it back on its own page.")) from None
    except signing.BadSignature:
        raise Invalid(_("This undo is not one of ours; load the page again.")) from None
    if person_id != str(by.pk):
        raise NotAllowed(_("Only the person who did this can undo it here."))
    inverse = INVERSES.get(name)
    if inverse is None:
        raise TooLate(_("This can no longer be undone here; change it back on its own page."))
    inverse(by=by, **ids)


def offer_undo(request: HttpRequest, text: str, undo: str) -> None:
    """Say what was done, with a button that undoes it; ``undo`` is a token."""
    messages.success(request, text, extra_tags=f"undo:{undo}")
