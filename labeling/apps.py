from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from labeling.actions import register_run_offers
        from labeling.events import register_types
        from labeling.navigation import register_run_items

        register_types()
        register_run_offers()
        register_run_items()
