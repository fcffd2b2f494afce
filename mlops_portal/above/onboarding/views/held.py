"""A file whose form could not be taken: it stays here, so that nobody sends it twice."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils import timezone

from mlops_portal.above.onboarding.errors import FileUnfit
from mlops_portal.above.onboarding.services.files import file_hold, held_drop
from mlops_portal.foundation.shell.pages.signed_in import person_of

KEY = "onboarding_held"  # in the session: {"path", "name"}


def held_name(request: HttpRequest) -> str:
    """The name of the file that is held for this session; "" for none."""
    said: dict[str, str] = request.session.get(KEY) or {}
    return said["name"] if said and default_storage.exists(said["path"]) else ""


def held_open(request: HttpRequest) -> tuple[File[bytes], str]:
    said = request.session[KEY]
    return default_storage.open(said["path"]), said["name"]


def hold(request: HttpRequest, form: Any) -> None:
    """Hold what came with a form that was not taken, in place of what was held before."""
    file = request.FILES.get("file")
    if file is None or form.has_error("file"):
        return
    try:
        kept = file_hold(by=person_of(request), file=file, name=str(file.name), now=timezone.now())
    except FileUnfit:
        return
    let_go(request)
    request.session[KEY] = {"path": kept.path, "name": kept.name}
    form.held = kept.name


def let_go(request: HttpRequest) -> None:
    """It was taken, or another came."""
    said = request.session.pop(KEY, None) or {}
    held_drop(by=person_of(request), path=said.get("path", ""))
