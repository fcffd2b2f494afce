"""All that the doctor looks at, in the order in which faults lead to others."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.conf import settings
from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.above.serve.doctor import backups, database, files, keys, running
from mlops_portal.above.serve.doctor.finding import Finding, bad, caution
from mlops_portal.foundation.shell.pages.problems import DATABASE_IS_DOWN

log = get_logger(__name__)
FRESH = 20.0
PATIENCE, LITTLE_PATIENCE = 10.0, 1.0  # seconds for all that stands elsewhere; the second for a home page
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
    "backup": gettext_lazy("Backup"),
}
HERE: dict[str, Look] = {
    "database": database.look, "disk": files.disk, "keys": keys.look, "nodes": running.nodes,
    "backup": backups.look,
}  # fmt: skip
AFAR: dict[str, Look] = {
    "storage": files.storage, "broker": running.broker, "workers": running.workers,
    "mlflow": running.mlflow, "mail": running.mail,
}  # fmt: skip
"""What may wait for a host that does not answer: these are looked at side by side. None asks the database."""


_seen: dict[str, tuple[float, list[Finding]]] = {}
_pool = ThreadPoolExecutor(len(settings.LANGUAGES) * len(AFAR), thread_name_prefix="doctor")
_asked: dict[tuple[str, str], Future[list[Finding]]] = {}


def lately() -> list[Finding]:
    """What was found within ``FRESH`` seconds, else everything anew: for pages that many people open; such a
    page waits for a silent host a second at most."""
    language, now = get_language() or "", time.monotonic()
    at, findings = _seen.get(language, (0.0, []))
    if not findings or now - at > FRESH:
        findings = look(patience=LITTLE_PATIENCE)
        _seen[language] = (time.monotonic(), findings)
    return findings


def look(*, patience: float = PATIENCE) -> list[Finding]:
    """Everything, each tried even where another failed. What is silent for ``patience`` seconds is said
    to be, and not asked again before it has given up."""
    asked = {part: _ask(part) for part in AFAR}
    here = [one for item in HERE.items() for one in _tried(*item)]
    done, _late = wait(asked.values(), timeout=patience)
    afar = [
        one
        for part, there in asked.items()
        for one in (there.result() if there in done else [_slow(part, patience)])
    ]
    order = list(PARTS)
    return sorted([*here, *afar], key=lambda one: order.index(one.part))


def _ask(part: str) -> Future[list[Finding]]:
    """A look on its way, in the reader's language; one that is still under way is taken."""
    language = get_language() or ""
    before = _asked.get((language, part))
    if before is not None and not before.done():
        return before

    def afar() -> list[Finding]:
        with override(language or None):
            return _tried(part, AFAR[part])

    _asked[language, part] = _pool.submit(afar)
    return _asked[language, part]


def _slow(part: str, seconds: float) -> Finding:
    says = _("No answer within %(seconds).0f s.") % {"seconds": seconds}
    return caution(part, says, _("Look whether it runs, and at the way there."))


def _tried(part: str, do: Look) -> list[Finding]:
    try:
        return do()
    except DATABASE_IS_DOWN:
        return [bad(part, _("Unknown, because the database does not answer."), _("Mend the database."))]
    except DatabaseError as error:  # it answers, without the tables of this version
        says = _("It could not be looked at (%(why)s).") % {"why": type(error).__name__}
        return [bad(part, says, _("Mend the database."))]
    except Exception as error:
        log.exception("doctor_failed", part=part)
        says = _("It could not be looked at (%(why)s).") % {"why": type(error).__name__}
        return [bad(part, says, _("The fault was recorded in the log of this process."))]
