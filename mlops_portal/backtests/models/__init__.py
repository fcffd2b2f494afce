from mlops_portal.backtests.models.backtest import BackTest
from mlops_portal.backtests.models.table import PastTable

__all__ = ["BackTest", "PastTable"]
