"""API addresses of bringing one's own data."""

from rest_framework.routers import SimpleRouter

from mlops_portal.above.onboarding.api.onboardings import Onboardings

router = SimpleRouter()
router.register("onboardings", Onboardings, "api-onboardings")

urlpatterns = router.urls
