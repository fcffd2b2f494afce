"""Every address of the portal."""

from django.conf import settings
from django.urls import include, path

from mlops_portal import later

LINKED = {  # what pages link to: it is loaded with the first request to the API
    "api-docs": "docs/",
    "api-schema": "schema/",
    "api-approvals-statement": "approvals/<uuid:pk>/statement/",
}
urlpatterns = [
    later.Later("api/v1/", "mlops_portal.api_urls", known=LINKED),
    path("", include("mlops_portal.above.serve.urls")),
    path("", include("mlops_portal.foundation.ledger.urls")),
    path("", include("mlops_portal.foundation.shell.urls")),
    path("", include("mlops_portal.foundation.directory.urls")),
    path("", include("monitoring.urls")),
    path("", include("labeling.urls")),
    path("", include("approvals.urls")),
    path("", include("edge_sync.urls")),
    path("", include("explain.urls")),
    path("", include("mlops_portal.above.onboarding.urls")),
    path("", include("mlops_portal.above.backtests.urls")),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("", include("mlops_portal.above.demo.urls")))

handler400 = "mlops_portal.foundation.shell.views.errors.bad_request"
handler403 = "mlops_portal.foundation.shell.views.errors.forbidden"
handler404 = "mlops_portal.foundation.shell.views.errors.not_found"
handler500 = "mlops_portal.foundation.shell.views.errors.server_error"
