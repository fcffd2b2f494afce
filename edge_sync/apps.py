from django.apps import AppConfig


class EdgeSyncConfig(AppConfig):
    name = "edge_sync"
