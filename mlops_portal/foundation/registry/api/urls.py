"""Below /api/v1/."""

from rest_framework.routers import SimpleRouter

from mlops_portal.foundation.registry.api.models import Models, Versions

router = SimpleRouter()
router.register("models", Models, "api-models")
router.register("versions", Versions, "api-versions")

urlpatterns = router.urls
