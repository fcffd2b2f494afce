from importlib import import_module

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "mlops_portal.foundation.directory"
    label = "directory"

    def ready(self) -> None:
        from mlops_portal.foundation.directory.actions import register_offers
        from mlops_portal.foundation.directory.cards import register_cards
        from mlops_portal.foundation.directory.events import register_types
        from mlops_portal.foundation.directory.navigation import register_items
        from mlops_portal.foundation.directory.search import register_sources
        from mlops_portal.foundation.directory.services.undo import register_inverses

        import_module("mlops_portal.foundation.directory.receivers")
        register_types()
        register_items()
        register_sources()
        register_cards()
        register_offers()
        register_inverses()
