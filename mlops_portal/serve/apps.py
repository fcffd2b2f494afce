from django.apps import AppConfig


class ServeConfig(AppConfig):
    name = "mlops_portal.serve"
    label = "serve"

    def ready(self) -> None:
        # Celery knows its current app by thread; without a default, other threads would get one of no use.
        from mlops_portal.celery import app

        app.set_default()
