"""Below /api/v1/."""

from rest_framework.routers import SimpleRouter

from labeling.api.requests import LabelRequests, Labels
from labeling.api.runs import Runs

router = SimpleRouter()
router.register("runs", Runs, "api-runs")
router.register("label-requests", LabelRequests, "api-label-requests")
router.register("labels", Labels, "api-labels")

urlpatterns = router.urls
