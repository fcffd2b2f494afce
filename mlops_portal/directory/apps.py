from importlib import import_module

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "mlops_portal.directory"
    label = "directory"

    def ready(self) -> None:
        from mlops_portal.directory.actions import register_offers
        from mlops_portal.directory.cards import register_cards
        from mlops_portal.directory.events import register_types
        from mlops_portal.directory.navigation import register_items
        from mlops_portal.directory.search import register_sources
        from mlops_portal.directory.services.undo import register_inverses

        import_module("mlops_portal.directory.receivers")
        register_types()
        register_items()
        register_sources()
        register_cards()
        register_offers()
        register_inverses()
