"""Pictures of parts: a private file that never changes."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.models import Picture

KEPT = timedelta(days=1)


@require_safe
@signed_in
def picture(request: HttpRequest, prediction_id: str, view: str) -> HttpResponse:
    """PNG of a part on one of the person's lines; permission comes before the browser's own copy."""
    by = person_of(request)
    guard(by, "alert.view")
    shown = get_object_or_404(
        Picture.objects.select_related("artifact").filter(
            prediction__asset__line__in=lines_for(person=by, action="alert.view")
        ),
        prediction=prediction_id,
        view=view,
    )
    etag = f'"{shown.artifact_id}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None or answer.status_code != 304:
        answer = HttpResponse(artifact_read(shown.artifact), content_type="image/png")
    answer["ETag"] = etag
    answer["Cache-Control"] = f"private, max-age={int(KEPT.total_seconds())}"
    return answer
