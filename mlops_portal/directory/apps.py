from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "mlops_portal.directory"
    label = "directory"

    def ready(self) -> None:
        from mlops_portal.directory.events import register_types

        register_types()
