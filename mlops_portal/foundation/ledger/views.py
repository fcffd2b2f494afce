"""The log for everybody (https://c2sp.org/tlog-tiles): hashes only, no sign-in, no session.

Entry bundles are not served here: they tell what happened in the plant.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from mlops_portal.foundation.ledger import selectors
from mlops_portal.foundation.ledger.selectors.witnesses import cosigned
from mlops_portal.foundation.wire.tiles import parse_path


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint, with what witnesses signed below it."""
    latest = selectors.checkpoint_latest()
    if latest is None:
        return _nothing()
    return HttpResponse(
        cosigned(latest),
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "public, max-age=2"},
    )


@require_safe
def tile(request: HttpRequest, level: str, path: str) -> HttpResponse:
    """One tile, full or partial; what it says never changes."""
    try:
        content = selectors.tile_bytes(parse_path(level, path))
    except ValueError:
        content = None
    if content is None:
        return _nothing()
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def _nothing() -> HttpResponse:
    return HttpResponseNotFound(
        "The log has no such part yet.\n",
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
