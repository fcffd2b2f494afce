"""Below /api/v1/."""

from rest_framework.routers import SimpleRouter

from mlops_portal.above.backtests.api.backtests import BackTests
from mlops_portal.above.backtests.api.tables import Tables

router = SimpleRouter()
router.register("backtests", BackTests, "api-backtests")
router.register("backtest-tables", Tables, "api-backtest-tables")

urlpatterns = router.urls
