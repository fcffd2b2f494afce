from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from mlops_portal.foundation.plant.models import Asset, Node
        from mlops_portal.foundation.shell.registries import flags, kinds, undo
        from mlops_portal.foundation.shell.work import ahead, jobs
        from monitoring.alerts import cards as alert_cards
        from monitoring.alerts.actions import register_offers
        from monitoring.alerts.search import register_sources
        from monitoring.changes.services import change_undo
        from monitoring.containment import cards as containment_cards
        from monitoring.drift.selectors.calibrations import calibrations_at_work
        from monitoring.events import register_types
        from monitoring.golden.services.samples import golden_restore
        from monitoring.intake.selectors.aside import asset_flags, node_flags
        from monitoring.limits import cards as limit_cards
        from monitoring.navigation import register_items
        from monitoring.reports.services.reports import drift_report_give_up

        ahead.register(ahead.queue_of("monitoring.calibrate"), calibrations_at_work)
        flags.register(Node, node_flags)
        flags.register(Asset, asset_flags)
        register_types()
        register_items()
        alert_cards.register_card()
        limit_cards.register_card()
        containment_cards.register_card()
        register_offers()
        register_sources()
        kinds.register(
            kinds.Kind("alert.opened", _("An alert opened on my lines"), "alert-triangle", mail=True)
        )
        kinds.register(
            kinds.Kind("alert.worse", _("An open alert on my lines got worse"), "alert-triangle", mail=True)
        )
        kinds.register(
            kinds.Kind(
                "model.unapproved", _("A machine runs a model that nobody approved"), "alert-triangle",
                mail=True, webhook=True,
            )
        )  # fmt: skip
        kinds.register(
            kinds.Kind(
                "containment.opened", _("Parts on my lines are in doubt"), "lot", mail=True, webhook=True
            )
        )
        kinds.register(
            kinds.Kind(
                "golden.round", _("Golden parts are late, or were not seen right"), "golden", mail=True
            )
        )
        undo.register("monitoring.change", change_undo)
        undo.register("monitoring.golden", golden_restore)
        jobs.on_given_up("monitoring.drift_report", drift_report_give_up)
        jobs.every("monitoring.merge", seconds=10)
        jobs.every("monitoring.judge", seconds=15)
        jobs.every("monitoring.measures", seconds=20)
        jobs.every("monitoring.performance", seconds=30)
        jobs.every("monitoring.wake", seconds=60)
        jobs.every("monitoring.containments", seconds=30)
        jobs.every("monitoring.golden_rounds", seconds=30)
        jobs.every("monitoring.limits", seconds=60)
        jobs.every("monitoring.rollup", seconds=3600)
