from django.apps import AppConfig


class PlantConfig(AppConfig):
    name = "mlops_portal.plant"
    label = "plant"
