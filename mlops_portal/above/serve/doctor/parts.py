"""All that the doctor looks at, in the order in which faults lead to others."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.above.serve.doctor import database, files, keys, running
from mlops_portal.above.serve.doctor.finding import Finding, bad

log = get_logger(__name__)
FRESH = 20.0
Look = Callable[[], list[Finding]]

PARTS: dict[str, str | Promise] = {
    "database": gettext_lazy("Database"),
    "disk": gettext_lazy("Disk"),
    "storage": gettext_lazy("Storage"),
    "broker": gettext_lazy("Broker"),
    "clock": gettext_lazy("Clock"),
    "workers": gettext_lazy("Workers"),
    "mlflow": gettext_lazy("MLflow"),
    "mail": gettext_lazy("Mail"),
    "keys": gettext_lazy("Keys"),
    "nodes": gettext_lazy("Edge nodes"),
}
HERE: dict[str, Look] = {
    "database": database.look, "disk": files.disk, "keys": keys.look, "nodes": running.nodes,
}  # fmt: skip
AFAR: dict[str, Look] = {
    "storage": files.storage, "broker": running.broker, "workers": running.workers,
    "mlflow": running.mlflow, "mail": running.mail,
}  # fmt: skip
"""What may wait for a host that does not answer: these are looked at side by side. None asks the database."""


_seen: dict[str, tuple[float, list[Finding]]] = {}


def lately() -> list[Finding]:
    """What was found within ``FRESH`` seconds, else everything anew: for pages that many people open."""
    language, now = get_language() or "", time.monotonic()
    at, findings = _seen.get(language, (0.0, []))
    if not findings or now - at > FRESH:
        findings = look()
        _seen[language] = (time.monotonic(), findings)
    return findings


def look() -> list[Finding]:
    """Everything, each tried even where another failed."""
    language = get_language()

    def afar(item: tuple[str, Look]) -> list[Finding]:
        with override(language):
            return _tried(*item)

    with ThreadPoolExecutor(len(AFAR)) as pool:
        waits = pool.map(afar, AFAR.items())
        here = [one for item in HERE.items() for one in _tried(*item)]
        findings = [*here, *(one for several in waits for one in several)]
    order = list(PARTS)
    return sorted(findings, key=lambda one: order.index(one.part))


def _tried(part: str, do: Look) -> list[Finding]:
    try:
        return do()
    except DatabaseError:
        return [bad(part, _("Unknown, because the database does not answer."), _("Mend the database."))]
    except Exception as error:
        log.exception("doctor_failed", part=part)
        says = _("It could not be looked at (%(why)s).") % {"why": type(error).__name__}
        return [bad(part, says, _("The fault was recorded in the log of this process."))]
