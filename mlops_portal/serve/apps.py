from django.apps import AppConfig


class ServeConfig(AppConfig):
    name = "mlops_portal.serve"
    label = "serve"
