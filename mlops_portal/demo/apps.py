from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mlops_portal.demo"
    label = "demo"

    def ready(self) -> None:
        from mlops_portal.demo import registrations

        registrations.register()
