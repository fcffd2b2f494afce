"""What the workers do for the shell. Each finds its work in tables, so each may run twice or late."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import task_postrun, task_prerun, task_revoked, worker_ready
from django.utils import timezone

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.models import Job, KeptAnswer
from mlops_portal.foundation.shell.notices.deliveries import deliveries_send
from mlops_portal.foundation.shell.work import claims, jobs, waiting

KEPT = timedelta(hours=24)
UNHEARD = timedelta(seconds=45)
RUNNING: dict[str, AbstractContextManager[None]] = {}


@worker_ready.connect(dispatch_uid="shell.worker_begins")
def worker_begins(**_given: Any) -> None:
    waiting.forget()


@task_revoked.connect(dispatch_uid="shell.task_thrown_away")
def task_thrown_away(sender: Any, expired: bool = False, **_given: Any) -> None:
    """Only what the scheduler sends grows too old, and it is given nothing. The request knows no name."""
    if expired:
        waiting.over(sender.name, {})


@task_prerun.connect(dispatch_uid="shell.task_begins")
def task_begins(task_id: str, task: Any = None, kwargs: Any = None, **_given: Any) -> None:
    """Another like it may be sent from now on. Events of a task say that they came from one."""
    if task is not None:
        waiting.over(task.name, kwargs or {})
    inside = channel("task")
    inside.__enter__()
    RUNNING[task_id] = inside


@task_postrun.connect(dispatch_uid="shell.task_ends")
def task_ends(task_id: str, **kwargs: Any) -> None:
    if (inside := RUNNING.pop(task_id, None)) is not None:
        inside.__exit__(None, None, None)


@shared_task(name="shell.notify_outside")
def notify_outside() -> None:
    """Send mails and webhooks that wait; also run by the scheduler, for those that failed or were missed."""
    deliveries_send()


@shared_task(name="shell.jobs_resend")
def jobs_resend() -> int:
    """Send jobs that the broker never got, or that it lost (they wait long after they were sent, and no
    message of theirs does), or whose worker is gone; how many.

    A job that is sent twice runs once, because running is claimed in its row.
    """
    jobs.jobs_take_up(now=claims.database_now())
    now = timezone.now()
    queued = Job.objects.filter(state=Job.State.QUEUED)
    never = queued.filter(sent_at=None, created__lt=now - timedelta(seconds=10))
    lost = queued.filter(sent_at__lt=now - UNHEARD)
    sent = 0
    for row in (never | lost).order_by("created")[:500]:
        if row.sent_at and not waiting.first(row.name, {"job_id": str(row.pk)}):
            continue
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
