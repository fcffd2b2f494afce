from django.apps import AppConfig


class PlantConfig(AppConfig):
    name = "mlops_portal.plant"
    label = "plant"

    def ready(self) -> None:
        from mlops_portal.plant.events import register_types

        register_types()
