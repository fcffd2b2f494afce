"""The database: does it answer, may it be written, is it of this version of the portal."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mlops_portal.above.serve.doctor.finding import Finding, State, bad, good
from mlops_portal.above.serve.prepare import migrations_missing, migrations_unknown
from mlops_portal.foundation.ledger.models import Event

PART = "database"


def look() -> list[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        name = _name()
    except DatabaseError as error:
        return [
            bad(
                PART,
                _("The database does not answer (%(why)s).") % {"why": _short(error)},
                _("Start it, or set DATABASE_URL to where it listens."),
            )
        ]
    findings = [good(PART, _("%(name)s answers.") % {"name": name}), _migrations()]
    return findings if findings[-1].state == State.BAD else [*findings, _writable()]


def _name() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


def _writable() -> Finding:
    """Tries a write that changes nothing and is taken back."""
    try:
        with transaction.atomic():
            Event.objects.filter(pk=-1).update(type=F("type"))
            transaction.set_rollback(True)
    except DatabaseError as error:
        return bad(
            PART,
            _("It cannot be written (%(why)s).") % {"why": _short(error)},
            _("Look for a full disk, missing rights, or a standby that was not promoted."),
        )
    return good(PART, _("It can be written."))


def _migrations() -> Finding:
    if migrations_unknown():
        return bad(
            PART,
            _("It is of a later version of the portal."),
            _("Run that version again, or restore a backup of this one's time."),
        )
    if migrations_missing():
        return bad(
            PART,
            _("It is of an earlier version of the portal."),
            _("Make a backup, then run “python manage.py migrate”."),
        )
    return good(PART, _("Its tables are those of this version."))


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:160] if lines else type(error).__name__
