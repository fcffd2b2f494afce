from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from labeling.actions import register_label_offers, register_run_offers
        from labeling.cards import register_cards
        from labeling.events import register_types
        from labeling.navigation import register_label_items, register_run_items
        from labeling.panels import register_panels
        from labeling.selectors.overrides import overrides_of
        from labeling.services.answering import answer_undo
        from labeling.services.steps import run_give_up
        from mlops_portal.foundation.shell.registries import undo
        from mlops_portal.foundation.shell.work import jobs
        from monitoring.measures.selectors.sources import register_overrides

        register_types()
        register_run_offers()
        register_run_items()
        register_label_offers()
        register_label_items()
        register_cards()
        register_panels()
        register_overrides(overrides_of)
        undo.register("labeling.answer", answer_undo)
        jobs.on_given_up("labeling.train", run_give_up)
        jobs.every("labeling.leases_expire", seconds=60)
        jobs.every("labeling.answers_compare", seconds=60)
        jobs.every("labeling.zone_ask", seconds=15)
        jobs.every("labeling.track_again", seconds=120)
        jobs.every("labeling.outside_watch", seconds=60)
        jobs.every("labeling.now_again", seconds=60)
