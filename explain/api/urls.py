"""Below /api/v1/."""

from django.urls import path

from explain.api.explanations import AlertExplanation, PartExplanation, VersionComparison

urlpatterns = [
    path("predictions/<str:pk>/explanation/", PartExplanation.as_view(), name="api-part-explanation"),
    path("alerts/<int:pk>/explanation/", AlertExplanation.as_view(), name="api-alert-explanation"),
    path(
        "models/<slug:model>/versions/<int:number>/comparison/",
        VersionComparison.as_view(),
        name="api-version-comparison",
    ),
]
