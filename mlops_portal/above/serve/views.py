from __future__ import annotations

from ipaddress import ip_address
from secrets import compare_digest
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from mlops_portal.above.serve import health
from mlops_portal.above.serve.cards import shown
from mlops_portal.above.serve.doctor.parts import look
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.proxies import is_spoken_for

HERE = ("localhost", "127.0.0.1", "::1")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the portal can do its work; 503 when one check fails."""
    checks = health.checks()
    ready = all(check.ok for check in checks)
    return JsonResponse(
        {"ready": ready, "checks": {check.name: {"ok": check.ok, "says": check.says} for check in checks}},
        status=200 if ready else 503,
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text: counts by page and table say much about a plant, so not everybody reads them."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        if not compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
            return HttpResponseForbidden(
                _("Metrics are given to whoever sends METRICS_TOKEN."), content_type="text/plain"
            )
    elif settings.PRODUCTION:  # there is a proxy, and not every proxy says that it is one
        return HttpResponseForbidden(_("Metrics need METRICS_TOKEN to be set."), content_type="text/plain")
    elif not _is_local(request):
        return HttpResponseForbidden(_("Metrics are given to this machine alone."), content_type="text/plain")
    return ExportToDjangoView(request)


def _is_local(request: HttpRequest) -> bool:
    """From this machine, and not handed on by a proxy that stands on it."""
    if is_spoken_for(request) or urlsplit(f"//{request.get_host()}").hostname not in HERE:
        return False
    try:
        return ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except (KeyError, ValueError):
        return False


@never_cache
@require_safe
@signed_in
def status(request: HttpRequest) -> HttpResponse:
    """What is missing or wrong here, and how to mend it; the same that ``manage.py doctor`` says."""
    guard(person_of(request), "status.view")
    return render(request, "serve/status.html", {**shown(look()), "at": timezone.now()})
