from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mlops_portal.above.demo"
    label = "demo"

    def ready(self) -> None:
        from mlops_portal.above.demo import registrations

        registrations.register()
