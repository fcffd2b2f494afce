from mlops_portal.above.backtests.models.backtest import BackTest
from mlops_portal.above.backtests.models.table import PastTable

__all__ = ["BackTest", "PastTable"]
