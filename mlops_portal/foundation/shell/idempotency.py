"""Idempotency keys: the same POST sent twice happens once (draft-ietf-httpapi-idempotency-key-header-07).

- The unique constraint on caller and key decides which of two equal requests runs; the other gets 409 while
  the first is at work, and the first's answer afterwards.
- The same key with another address or body is 422.
- Answers below 400 are kept for 24 hours. After an error nothing happened, so the key is free again.
- A request whose process died never ran to its end for sure: it is not run again, the caller is told to look.
- The caller must be known, now, before anything is replayed: a revoked token gets nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

from mlops_portal.foundation.shell.models import KeptAnswer
from mlops_portal.foundation.shell.pages import problems

KEPT = timedelta(hours=24)
AT_WORK = timedelta(minutes=2)
LONGEST = 255
HEADERS = ("Content-Type", "Location")
UPLOAD = "multipart/form-data"


def caller_of(request: HttpRequest) -> str | None:
    """Who asks, by the API's own authentication; None leaves the refusal to the view."""
    ways: list[Any] = list(
        api_settings.DEFAULT_AUTHENTICATION_CLASSES
    )  # imported by now; the stubs say names
    asking = Request(request, authenticators=[way() for way in ways])
    try:
        user = asking.user
    except APIException:
        return None
    if not user.is_authenticated:
        return None
    return f"{user.pk}:{asking.auth.pk}" if asking.auth is not None else str(user.pk)


def fingerprint_of(request: HttpRequest) -> str:
    """An upload is known by its length: it is streamed, and its bytes must not be held to be compared."""
    kind = request.content_type or ""
    body = (
        request.META.get("CONTENT_LENGTH", "") if kind == UPLOAD else hashlib.sha256(request.body).hexdigest()
    )
    return hashlib.sha256("\n".join((request.get_full_path(), kind, body)).encode()).hexdigest()


def answer_once(
    request: HttpRequest, key: str, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    if not key.strip() or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        detail = _("An Idempotency-Key is 1 to %(longest)d printable ASCII characters.") % {
            "longest": LONGEST
        }
        return problems.answer(request, status=400, code="wrong-idempotency-key", detail=detail)
    caller = caller_of(request)
    if caller is None:
        return get_response(request)
    fingerprint = fingerprint_of(request)
    row = _claim(caller, key, fingerprint) or _claim_expired(caller, key, fingerprint)
    if row is None:
        return _not_again(request, KeptAnswer.objects.filter(caller=caller, key=key).first(), fingerprint)
    try:
        response = get_response(request)
    except BaseException:
        row.delete()
        raise
    if response.status_code >= 400 or response.streaming:
        row.delete()
    else:
        row.status = response.status_code
        row.headers = {name: response[name] for name in HEADERS if name in response}
        row.body = response.content
        row.save(update_fields=["status", "headers", "body"])
    return response


def _claim(caller: str, key: str, fingerprint: str) -> KeptAnswer | None:
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(
                caller=caller, key=key, fingerprint=fingerprint, created=timezone.now()
            )
    except IntegrityError:
        return None


def _claim_expired(caller: str, key: str, fingerprint: str) -> KeptAnswer | None:
    old = KeptAnswer.objects.filter(caller=caller, key=key, created__lt=timezone.now() - KEPT)
    return _claim(caller, key, fingerprint) if old.delete()[0] else None


def _not_again(request: HttpRequest, row: KeptAnswer | None, fingerprint: str) -> HttpResponse:
    if row is not None and row.fingerprint != fingerprint:
        detail = _("This Idempotency-Key was used for another request; take a new one.")
        return problems.answer(request, status=422, code="idempotency-key-reused", detail=detail)
    if row is not None and row.status is not None:
        answer = HttpResponse(bytes(row.body), status=row.status, headers=row.headers)
        answer["Idempotency-Replayed"] = "true"
        return answer
    if row is None or row.created > timezone.now() - AT_WORK:
        detail = _("The first request with this Idempotency-Key is still at work; ask again in a second.")
        response = problems.answer(request, status=409, code="request-in-flight", detail=detail)
        response["Retry-After"] = "1"
        return response
    detail = _(
        "The first request with this Idempotency-Key did not end. Look whether it took effect, "
        "then send it with a new key if not."
    )
    return problems.answer(request, status=409, code="outcome-unknown", detail=detail)
