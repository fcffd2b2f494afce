"""Jobs of labeling and training; Celery finds them here."""

from labeling.tasks import choosing, queue, training

__all__ = ["choosing", "queue", "training"]
