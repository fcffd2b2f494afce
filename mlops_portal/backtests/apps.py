from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    name = "mlops_portal.backtests"
    label = "backtests"
