from django.apps import AppConfig


class ServeConfig(AppConfig):
    name = "mlops_portal.above.serve"
    label = "serve"

    def ready(self) -> None:
        from mlops_portal.above.serve import heartbeat
        from mlops_portal.foundation.shell.work import jobs

        jobs.every("serve.heartbeat", seconds=heartbeat.EVERY)
