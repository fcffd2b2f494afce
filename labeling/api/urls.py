"""Below /api/v1/."""

from rest_framework.routers import SimpleRouter

from labeling.api.runs import Runs

router = SimpleRouter()
router.register("runs", Runs, "api-runs")

urlpatterns = router.urls
