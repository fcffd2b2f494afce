from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "mlops_portal.onboarding"
    label = "onboarding"

    def ready(self) -> None:
        from mlops_portal.onboarding.cards import register_cards
        from mlops_portal.onboarding.events import register_types
        from mlops_portal.onboarding.navigation import register_items
        from mlops_portal.onboarding.search import register_sources

        register_types()
        register_items()
        register_cards()
        register_sources()
