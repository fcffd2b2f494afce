"""Jobs of onboarding; Celery finds them here."""

from mlops_portal.above.onboarding.tasks import checking, reading, taking

__all__ = ["checking", "reading", "taking"]
