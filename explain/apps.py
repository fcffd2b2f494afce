from django.apps import AppConfig


class ExplainConfig(AppConfig):
    name = "explain"

    def ready(self) -> None:
        from explain.cards import register_panels
        from mlops_portal.foundation.shell.work import jobs

        register_panels()
        jobs.every("explain.waiting", seconds=10)
