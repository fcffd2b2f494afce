"""Every address below /api/v1/, for programs."""

from django.urls import include, path

urlpatterns = [
    path("", include("mlops_portal.shell.api.urls")),
    path("", include("mlops_portal.directory.api.urls")),
    path("", include("mlops_portal.registry.api.urls")),
    path("", include("monitoring.api.urls")),
    path("", include("labeling.api.urls")),
    path("", include("approvals.api.urls")),
    path("", include("edge_sync.api.urls")),
    path("", include("explain.api.urls")),
    path("", include("mlops_portal.onboarding.api.urls")),
    path("", include("mlops_portal.backtests.api.urls")),
]
