from django.apps import AppConfig


class ServeConfig(AppConfig):
    name = "mlops_portal.serve"
    label = "serve"

    def ready(self) -> None:
        from mlops_portal.serve import heartbeat
        from mlops_portal.shell import jobs

        jobs.every("serve.heartbeat", seconds=heartbeat.EVERY)
