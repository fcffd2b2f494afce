from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "mlops_portal.foundation.registry"
    label = "registry"

    def ready(self) -> None:
        from mlops_portal.foundation.registry.events import register_types

        register_types()
