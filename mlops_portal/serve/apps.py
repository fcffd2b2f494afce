from django.apps import AppConfig
from django.utils.module_loading import import_string


class ServeConfig(AppConfig):
    name = "mlops_portal.serve"
    label = "serve"

    def ready(self) -> None:
        # Celery knows its current app by thread; without a default, other threads would get one of no use.
        # By its name, as Django loads ROOT_URLCONF: it belongs to the roof, above this room.
        import_string("mlops_portal.celery.app").set_default()
