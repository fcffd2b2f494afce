"""Jobs of labeling and training; Celery finds them here."""

from labeling.tasks import choosing, golden, importing, now, outside, queue, training

__all__ = ["choosing", "golden", "importing", "now", "outside", "queue", "training"]
