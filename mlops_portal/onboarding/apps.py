from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "mlops_portal.onboarding"
    label = "onboarding"
