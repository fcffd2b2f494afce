from django.apps import AppConfig


class ServeConfig(AppConfig):
    name = "mlops_portal.above.serve"
    label = "serve"

    def ready(self) -> None:
        from mlops_portal.above.serve import heartbeat
        from mlops_portal.above.serve.backup.events import register_types
        from mlops_portal.above.serve.cards import register_cards
        from mlops_portal.above.serve.navigation import register_items
        from mlops_portal.foundation.shell.work import jobs

        register_types()
        register_items()
        register_cards()
        jobs.every("serve.heartbeat", seconds=heartbeat.EVERY)
