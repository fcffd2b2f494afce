from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mlops_portal.demo"
    label = "demo"
