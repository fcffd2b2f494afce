from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals.actions import register_offers
        from approvals.cards import register_cards
        from approvals.events import register_types
        from approvals.log_registrations import register_log
        from approvals.navigation import register_items
        from approvals.search import register_sources
        from mlops_portal.foundation.shell.work import jobs

        register_types()
        register_log()
        register_items()
        register_offers()
        register_cards()
        register_sources()
        jobs.every("approvals.check", seconds=60)
