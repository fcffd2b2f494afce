"""Jobs of labeling and training; Celery finds them here."""

from labeling.tasks import choosing, importing, outside, queue, training

__all__ = ["choosing", "importing", "outside", "queue", "training"]
