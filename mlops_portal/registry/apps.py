from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "mlops_portal.registry"
    label = "registry"
