from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class EdgeSyncConfig(AppConfig):
    name = "edge_sync"

    def ready(self) -> None:
        from approvals import export_sources, rosters
        from edge_sync.cards import register_cards
        from edge_sync.events import register_types
        from edge_sync.keys.demo import no_offline_keys_beside_the_portal
        from edge_sync.navigation import register_items
        from edge_sync.search import register_sources
        from edge_sync.selectors.approved import approved_versions
        from edge_sync.selectors.roster import kept, offline_metadata, signed
        from edge_sync.services.following import KIND
        from edge_sync.services.witnessing import KIND as WITNESSING
        from mlops_portal.foundation.shell.registries import kinds
        from mlops_portal.foundation.shell.work import jobs
        from monitoring.intake.selectors import approved

        checks.register(no_offline_keys_beside_the_portal)
        register_types()
        register_items()
        register_sources()
        register_cards()
        kinds.register(kinds.Kind(WITNESSING, _("The decision log refused by a node"), icon="log", mail=True))
        kinds.register(kinds.Kind(KIND, _("Releases"), icon="release", mail=True))
        approved.SOURCES.add("edge_sync", approved_versions)
        export_sources.register("rosters", kept)
        export_sources.register("tuf", offline_metadata)
        rosters.register(signed)
        jobs.every("edge_sync.publish", seconds=5)
        jobs.every("edge_sync.refresh", seconds=600)
