"""Every address of the portal."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("mlops_portal.serve.urls")),
    path("", include("mlops_portal.ledger.urls")),
    path("", include("mlops_portal.shell.urls")),
    path("", include("mlops_portal.directory.urls")),
    path("api/v1/", include("mlops_portal.shell.api.urls")),
    path("api/v1/", include("mlops_portal.directory.api.urls")),
    path("api/v1/", include("mlops_portal.registry.api.urls")),
    path("", include("monitoring.urls")),
    path("api/v1/", include("monitoring.api.urls")),
    path("", include("labeling.urls")),
    path("api/v1/", include("labeling.api.urls")),
    path("", include("approvals.urls")),
    path("api/v1/", include("approvals.api.urls")),
    path("", include("edge_sync.urls")),
    path("api/v1/", include("edge_sync.api.urls")),
    path("", include("explain.urls")),
    path("api/v1/", include("explain.api.urls")),
    path("", include("mlops_portal.onboarding.urls")),
    path("api/v1/", include("mlops_portal.onboarding.api.urls")),
    path("", include("mlops_portal.backtests.urls")),
    path("api/v1/", include("mlops_portal.backtests.api.urls")),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("", include("mlops_portal.demo.urls")))

handler400 = "mlops_portal.shell.views.errors.bad_request"
handler403 = "mlops_portal.shell.views.errors.forbidden"
handler404 = "mlops_portal.shell.views.errors.not_found"
handler500 = "mlops_portal.shell.views.errors.server_error"
