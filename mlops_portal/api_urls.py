"""Every address below /api/v1/, for programs."""

from django.urls import include, path

urlpatterns = [
    path("", include("mlops_portal.foundation.shell.api.urls")),
    path("", include("mlops_portal.foundation.directory.api.urls")),
    path("", include("mlops_portal.foundation.registry.api.urls")),
    path("", include("monitoring.api_urls")),
    path("", include("labeling.api.urls")),
    path("", include("approvals.api.urls")),
    path("", include("edge_sync.api.urls")),
    path("", include("explain.api.urls")),
    path("", include("mlops_portal.above.onboarding.api.urls")),
    path("", include("mlops_portal.above.backtests.api.urls")),
    path("", include("mlops_portal.above.serve.api.urls")),
]
