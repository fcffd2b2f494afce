"""Below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from approvals.api import candidates, export, lineage, log
from approvals.api.requests import Approvals

router = SimpleRouter()
router.register("approvals", Approvals, "api-approvals")

urlpatterns = [
    *router.urls,
    path("candidates/", candidates.CandidateList.as_view(), name="api-candidates"),
    path("candidates/choice/", candidates.CandidateChoice.as_view(), name="api-candidate-choice"),
    path("candidates/<slug:slug>/<int:number>/", candidates.CandidateView.as_view(), name="api-candidate"),
    path(
        "candidates/<slug:slug>/<int:number>/golden/",
        candidates.CandidateGolden.as_view(),
        name="api-candidate-golden",
    ),
    path("approval-policies/<slug:slug>/", candidates.PolicyView.as_view(), name="api-approval-policy"),
    path("events/", log.EventList.as_view(), name="api-events"),
    path("events/verify/", log.Verify.as_view(), name="api-events-verify"),
    path("events/witnesses/", log.Witnesses.as_view(), name="api-events-witnesses"),
    path("events/witnesses/", log.Witnesses.as_view(), name="api-events-witnesses"),
    path("events/<uuid:uuid>/", log.EventView.as_view(), name="api-event"),
    path("exports/", export.ExportList.as_view(), name="api-exports"),
    path("exports/<slug:digest>/", export.ExportView.as_view(), name="api-export"),
    path("exports/<slug:digest>/file/", export.ExportFile.as_view(), name="api-export-file"),
    path("lineage/<str:pk>/", lineage.LineageView.as_view(), name="api-lineage"),
    path("line-policies/<slug:slug>/", candidates.LinePolicyView.as_view(), name="api-line-policy"),
]
