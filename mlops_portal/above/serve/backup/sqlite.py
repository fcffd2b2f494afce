"""SQLite: the file itself, copied in one snapshot while others write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from mlops_portal.above.serve.backup.errors import ArchiveUnfit
from mlops_portal.foundation.ledger import triggers

MEMBER = "database.sqlite3"


def copy(source: Path, target: Path) -> None:
    """``target`` becomes a whole database of one moment; nobody is signed in there."""
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)
        after.execute("PRAGMA journal_mode = DELETE")
        if after.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchone():
            after.execute("DELETE FROM django_session")
        after.commit()


def checked(path: Path) -> None:
    """ArchiveUnfit for a file that is damaged, or brings triggers or views of its own."""
    try:
        with closing(sqlite3.connect(path)) as opened:
            said = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
            own = {
                name
                for (name,) in opened.execute(
                    "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"
                )
            }
    except sqlite3.DatabaseError as error:
        said, own = str(error), set()
    if said != "ok":
        raise ArchiveUnfit(_("The database in the archive is damaged (%(why)s).") % {"why": said})
    if strange := own - triggers.expected("sqlite"):
        raise ArchiveUnfit(
            _("The database in the archive holds what no portal makes (%(names)s).")
            % {"names": ", ".join(sorted(strange))}
        )


@contextmanager
def opened(path: Path) -> Iterator[None]:
    """Inside, the portal's database is the one at ``path``."""
    database: dict[str, Any] = connection.settings_dict
    connection.close()
    before, database["NAME"] = database["NAME"], str(path)
    try:
        yield
    finally:
        connection.close()
        database["NAME"] = before
