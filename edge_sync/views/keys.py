"""Who may approve on each line as nodes know it, and what waits for the next ceremony."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from edge_sync.errors import NotPublished
from edge_sync.models import PublicKey
from edge_sync.selectors.roster import pending, signed
from mlops_portal.plant.models import Line
from mlops_portal.plant.policies import guard
from mlops_portal.plant.selectors.places import lines_for
from mlops_portal.shell.signed_in import person_of, signed_in


@require_safe
@signed_in
def keys(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "people.view")
    lines = [_line(one) for one in lines_for(person=by)]
    context = {"lines": lines, "keys": PublicKey.objects.order_by("until", "purpose", "since")}
    return render(request, "edge_sync/keys.html", context)


def _line(line: Line) -> dict[str, Any]:
    now = timezone.now()
    try:
        roster, fault = signed(line), ""
    except NotPublished as error:
        roster, fault = None, error.sentence
    return {
        "line": line,
        "roster": roster,
        "fault": fault,
        "expired": roster is not None and roster.expires <= now,
        "pending": pending(line, now=now),
    }
