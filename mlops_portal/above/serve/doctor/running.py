"""What runs beside the database: broker, workers, queues, MLflow, mail, edge nodes."""

from __future__ import annotations

import smtplib
import socket
import time
import urllib.error
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from edge_sync.models import NodeStatus
from edge_sync.selectors.running import SILENT
from mlops_portal.above.serve import heartbeat, redis_probe
from mlops_portal.above.serve.doctor.finding import Finding, bad, caution, good

SECONDS = 2.0
MANY_WAIT = 500  # jobs; nobody waits for that many
APART = 2.0  # seconds that two clocks may differ


def broker() -> list[Finding]:
    from redis.exceptions import RedisError

    try:
        with redis_probe.asked() as redis:
            version = redis.info("server")["redis_version"]
            memory = redis.info("memory")
            began = time.time()
            seconds, micros = redis.time()
            apart = seconds + micros / 1e6 - (began + time.time()) / 2
            waiting = redis_probe.waiting(redis)
    except RedisError as error:
        return [
            bad(
                "broker",
                _("The broker does not answer (%(why)s).") % {"why": str(error)[:160]},
                _("Start Redis or Valkey, or set REDIS_URL to where it listens."),
            )
        ]
    findings = [good("broker", _("Version %(version)s answers.") % {"version": version})]
    if memory.get("maxmemory") and memory.get("maxmemory_policy") != "noeviction":
        findings.append(
            caution(
                "broker",
                _("It may throw jobs away when its memory is full (%(policy)s).")
                % {"policy": memory.get("maxmemory_policy")},
                _("Set maxmemory-policy to noeviction."),
            )
        )
    if not settings.EMBEDDED_BROKER:
        findings.append(clock(apart, of=_("the broker")))
    for queue, count in waiting.items():
        if count >= MANY_WAIT:
            findings.append(
                caution(
                    "workers",
                    _("%(count)d jobs wait in the queue “%(queue)s”.") % {"count": count, "queue": queue},
                    _("Start more workers for it, or see what keeps the one that runs."),
                )
            )
    return findings


def clock(apart: float, *, of: str) -> Finding:
    """How far another host's clock is from ours, in seconds."""
    if abs(apart) > APART:
        return bad(
            "clock",
            _("The clock of this host and that of %(other)s are %(seconds).0f seconds apart.")
            % {"other": of, "seconds": abs(apart)},
            _("Let all hosts set their clocks by the same time server (NTP)."),
        )
    return good("clock", _("It agrees with that of %(other)s.") % {"other": of})


def workers() -> list[Finding]:
    from redis.exceptions import RedisError

    try:
        age = heartbeat.age()
    except RedisError:
        return [caution("workers", _("Unknown, because the broker does not answer."), _("Mend the broker."))]
    mend = _("Start the worker and the scheduler; both are needed.")
    if age is None:
        return [bad("workers", _("There was no heartbeat yet."), mend)]
    says = _("The last heartbeat came %(seconds).0f seconds ago.") % {"seconds": age}
    return [good("workers", says) if age <= heartbeat.STALE else bad("workers", says, mend)]


def mlflow() -> list[Finding]:
    """Without it training goes on, and is tracked later."""
    address = f"{settings.MLFLOW_TRACKING_URI.rstrip('/')}/health"
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - http by settings
            answers = answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        answers = False
    if answers:
        return [good("mlflow", _("MLflow answers."))]
    return [
        caution(
            "mlflow",
            _("MLflow does not answer; runs are kept and tracked later."),
            _("Start it, or set MLFLOW_TRACKING_URI to where it listens."),
        )
    ]


def mail() -> list[Finding]:
    if "smtp" not in settings.EMAIL_BACKEND:
        says = _("Mail is written to files in %(folder)s.") % {"folder": settings.EMAIL_FILE_PATH}
        if settings.PRODUCTION:
            return [caution("mail", says, _("Set EMAIL_URL, so that people get their notices."))]
        return [good("mail", says)]
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException, socket.gaierror):
        return [
            caution(
                "mail",
                _("The mail server %(where)s does not answer.") % {"where": where},
                _("Look at EMAIL_URL and at the way there."),
            )
        ]
    return [good("mail", _("The mail server %(where)s answers.") % {"where": where})]


def nodes() -> list[Finding]:
    known = NodeStatus.objects.filter(node__retired_at=None)
    count, now = known.count(), timezone.now()
    if not count:
        return [good("nodes", _("No edge node has spoken yet."))]
    silent = known.filter(heard_at__lt=now - max(SILENT, timedelta(minutes=1))).count()
    if silent:
        return [
            caution(
                "nodes",
                ngettext(
                    "%(silent)d of %(count)d edge node is silent.",
                    "%(silent)d of %(count)d edge nodes are silent.",
                    count,
                )
                % {"silent": silent, "count": count},
                _("They go on judging. Look at their network, and whether the agent runs."),
            )
        ]
    heard = ngettext("%(count)d edge node speaks.", "%(count)d edge nodes speak.", count)
    return [good("nodes", heard % {"count": count})]
