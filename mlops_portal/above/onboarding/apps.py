from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "mlops_portal.above.onboarding"
    label = "onboarding"

    def ready(self) -> None:
        from mlops_portal.above.onboarding.cards import register_cards
        from mlops_portal.above.onboarding.events import register_types
        from mlops_portal.above.onboarding.navigation import register_items
        from mlops_portal.above.onboarding.search import register_sources

        register_types()
        register_items()
        register_cards()
        register_sources()
