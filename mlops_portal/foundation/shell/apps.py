from importlib import import_module

from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "mlops_portal.foundation.shell"
    label = "shell"

    def ready(self) -> None:
        from mlops_portal.foundation.shell import registrations

        import_module("mlops_portal.foundation.shell.receivers")
        registrations.register_all()
