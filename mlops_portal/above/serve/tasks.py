from __future__ import annotations

from celery import shared_task
from celery.beat import Service
from celery.signals import beat_init

from mlops_portal.above.serve import heartbeat


@shared_task(name="serve.heartbeat", ignore_result=True, expires=heartbeat.STALE)
def beat() -> None:
    """Show that scheduler and worker live."""
    heartbeat.beat()


@beat_init.connect
def first_beat(sender: Service, **_kwargs: object) -> None:
    """The schedule's first tick is a whole interval away; the start should not wait for it."""
    sender.app.send_task("serve.heartbeat", expires=heartbeat.STALE, queue="default")
