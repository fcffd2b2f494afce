"""Jobs of back-tests; Celery finds them here."""

from mlops_portal.above.backtests.tasks import look, run

__all__ = ["look", "run"]
