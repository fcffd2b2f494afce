from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "mlops_portal.shell"
    label = "shell"
