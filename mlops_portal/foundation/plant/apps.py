from django.apps import AppConfig


class PlantConfig(AppConfig):
    name = "mlops_portal.foundation.plant"
    label = "plant"

    def ready(self) -> None:
        from mlops_portal.foundation.plant.events import register_types

        register_types()
