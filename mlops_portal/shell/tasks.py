"""What the workers do for the shell. Each finds its work in tables, so each may run twice or late."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from mlops_portal.shell import jobs
from mlops_portal.shell.deliveries import deliveries_send
from mlops_portal.shell.live import changed
from mlops_portal.shell.models import Job, KeptAnswer

KEPT = timedelta(hours=24)
UNHEARD = timedelta(minutes=15)


@shared_task(name="shell.notify_outside")
def notify_outside() -> None:
    """Send mails and webhooks that wait; also run by the scheduler, for those that failed or were missed."""
    deliveries_send()


@shared_task(name="shell.jobs_resend")
def jobs_resend() -> int:
    """Send jobs that the broker never got, or that it lost (still waiting long after they were sent), or
    whose worker is gone; how many.

    A job that is sent twice runs once, because running is claimed in its row.
    """
    now = timezone.now()
    jobs.jobs_take_up(now=now)
    waiting = Job.objects.filter(state=Job.State.QUEUED)
    never = waiting.filter(sent_at=None, created__lt=now - timedelta(seconds=10))
    lost = waiting.filter(sent_at__lt=now - UNHEARD)
    sent = 0
    for row in (never | lost).order_by("created")[:500]:
        if not jobs.send_row(row):
            break  # the broker is still down
        sent += 1
    return sent


@shared_task(name="shell.log_changed")
def log_changed() -> None:
    """Tell those who look at the log."""
    changed("log")


@shared_task(name="shell.kept_answers_expire")
def kept_answers_expire() -> int:
    """Forget the answers kept for idempotency keys after a day."""
    return KeptAnswer.objects.filter(created__lt=timezone.now() - KEPT).delete()[0]
