"""Makes one archive, and believes in it only after it was restored into a scratch place.

Order: under the lock of the TUF repository the database is seen at one moment and the repository is put in;
then the database, then the storage. Files are written before the rows that name them, so none can lack.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.keys.repository import layout
from mlops_portal.above.serve.backup import files, postgresql, reading, sqlite
from mlops_portal.above.serve.backup.archive import Writer, recipients_of, writing
from mlops_portal.above.serve.backup.errors import BackupFailed
from mlops_portal.above.serve.backup.restoring import restore_tried
from mlops_portal.above.serve.prepare import migrations_missing
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors.snapshot import snapshot
from mlops_portal.foundation.ledger.services import event_record


@dataclass(frozen=True, slots=True)
class Made:
    """An archive that can be restored."""

    path: Path
    size: int
    digest: str
    events: int
    files: int
    encrypted: bool
    lacking: list[str]


def backup_make(out: Path, *, recipients: Sequence[str] = (), with_keys: bool = False) -> Made:
    """One archive in ``out``, which must not exist yet. BackupFailed, and then nothing is left of it."""
    public = recipients_of(recipients)
    if with_keys and not public:
        raise BackupFailed(_("Keys go into an encrypted archive alone: name a --recipient."))
    if out.exists():
        raise BackupFailed(_("%(file)s is there already; name another file.") % {"file": out})
    if migrations_missing():
        raise BackupFailed(_("The database is not of this version of the portal; run the doctor."))
    made = out.with_name(f".{out.name}.partial")
    now = timezone.now()
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".backup-") as scratch:
            count, tried = _made(made, Path(scratch), public, with_keys=with_keys, now=now)
        with made.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        size = made.stat().st_size
        made.rename(out)
    except OSError as error:
        raise BackupFailed(
            _("%(file)s could not be written (%(why)s).") % {"file": out, "why": error.strerror or error}
        ) from None
    finally:
        made.unlink(missing_ok=True)
    with transaction.atomic():
        event_record(
            type="serve.backup.made",
            actor=SYSTEM,
            public={
                "events": tried.events,
                "bytes": size,
                "digest": digest,
                "encrypted": bool(public),
                "as_of": now,
            },
        )
    return Made(out, size, digest, tried.events, count, bool(public), tried.lacking)


def _made(
    made: Path, scratch: Path, public: Sequence[pyrage.x25519.Recipient], *, with_keys: bool, now: datetime
) -> tuple[int, Any]:
    made.unlink(missing_ok=True)  # of a run that was killed
    once = [pyrage.x25519.Identity.generate()] if public else []  # opens it for the trial, then is forgotten
    with writing(made, [*public, *(one.to_public() for one in once)]) as writer:
        with _database(scratch) as put:
            with layout().locked() if layout().root.exists() else contextlib.nullcontext():
                put.begin(writer, now, with_keys=with_keys)
                files.put_folder(writer, files.TUF)
            if with_keys:
                files.put_folder(writer, files.KEYS)
            put.rows(writer)
        count = files.put_storage(writer)
        files.put_mlflow(writer, scratch)
    return count, restore_tried(made, identities=once, scratch=scratch)


class _Sqlite:
    def __init__(self, scratch: Path) -> None:
        self.copied = scratch / sqlite.MEMBER

    def begin(self, writer: Writer, now: datetime, *, with_keys: bool) -> None:
        sqlite.copy(Path(str(connection.settings_dict["NAME"])), self.copied)
        with sqlite.opened(self.copied):
            writer.begin(_manifest(now, with_keys, {}))

    def rows(self, writer: Writer) -> None:
        writer.add_file(sqlite.MEMBER, self.copied)
        self.copied.unlink()


class _PostgreSql:
    def begin(self, writer: Writer, now: datetime, *, with_keys: bool) -> None:
        self.columns = postgresql.tables()
        writer.begin(_manifest(now, with_keys, self.columns))

    def rows(self, writer: Writer) -> None:
        postgresql.put(writer, self.columns)


@contextlib.contextmanager
def _database(scratch: Path) -> Iterator[Any]:
    if connection.vendor == "sqlite":
        yield _Sqlite(scratch)
        return
    with snapshot():
        yield _PostgreSql()


def _manifest(now: datetime, with_keys: bool, tables: dict[str, list[str]]) -> dict[str, Any]:
    return reading.described() | {
        "made_at": now.isoformat(),
        "tables": tables,
        "keys": files.keys_named(),
        "with_keys": with_keys,
        "address": settings.PUBLIC_URL,
    }
