from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "mlops_portal.directory"
    label = "directory"
