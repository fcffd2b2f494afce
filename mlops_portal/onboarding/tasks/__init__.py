"""Jobs of onboarding; Celery finds them here."""

from mlops_portal.onboarding.tasks import checking, golden, reading, taking

__all__ = ["checking", "golden", "reading", "taking"]
