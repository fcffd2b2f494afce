from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    name = "mlops_portal.above.backtests"
    label = "backtests"

    def ready(self) -> None:
        from mlops_portal.above.backtests.actions import register_offers
        from mlops_portal.above.backtests.events import register_types
        from mlops_portal.above.backtests.navigation import register_items
        from mlops_portal.above.backtests.services.backtests import backtest_give_up
        from mlops_portal.foundation.shell.work import jobs

        register_types()
        register_items()
        register_offers()
        jobs.on_given_up("backtests.run", backtest_give_up)
