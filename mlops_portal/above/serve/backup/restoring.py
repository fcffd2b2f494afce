"""Puts an archive into an empty place, whole or not at all.

- Nothing living is overwritten: the database has no tables, the folders no files; the old portal stays where
  it is until a person removes it.
- Files are made beside their places and moved when everything was checked; rows come in one transaction
  (PostgreSQL) or as a file that is moved last (SQLite).
- What was seen outside decides: an archive that is behind it comes back only when a person, by name and
  password, answers for that, and the log says so for ever.
- Afterwards versions of the TUF repository leap, so that nodes take what the portal publishes: it has
  renewed them since the archive was made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.errors import KeyUnreadable, NoCeremony
from edge_sync.keys.repository import repository
from edge_sync.repository.layout import Layout
from mlops_portal.above.serve.backup import files, postgresql, reading, sqlite
from mlops_portal.above.serve.backup.archive import PIECE, Reader
from mlops_portal.above.serve.backup.archive import reading as archive_reading
from mlops_portal.above.serve.backup.errors import ArchiveUnfit, OlderThanSeen, PlaceTaken
from mlops_portal.above.serve.backup.standing import LEAP, Seen, Standing, behind
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import log_verify
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard

ARTIFACTS = "artifacts/"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A person who answers for going back: the portal's own account, from the archive."""

    username: str
    password: str
    reason: str


@dataclass(slots=True)
class Restored:
    made_at: datetime
    events: int = 0
    lacking: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def restore(
    archive: Path,
    *,
    seen: Sequence[Seen],
    recovery: Recovery | None = None,
    identities: Sequence[pyrage.x25519.Identity] = (),
) -> Restored:
    """ArchiveUnfit, PlaceTaken, OlderThanSeen, NotAllowed: and then the place is as empty as before."""
    place = _Place()
    place.must_be_empty()
    try:
        with archive_reading(archive, identities) as reader, place.database():
            restored = _load(reader, place)
            _judge(restored, seen, recovery)
            place.put()
    except BaseException:
        place.undo()
        raise
    place.moving.unlink()
    restored.keys = files.keys_missing(reader.manifest["keys"])
    with contextlib.suppress(KeyUnreadable, NoCeremony):  # then a ceremony publishes above the floor
        repository().refresh(timezone.now())
    return restored


def restore_tried(archive: Path, *, identities: Sequence[pyrage.x25519.Identity], scratch: Path) -> Restored:
    """The same into ``scratch``, which its caller empties; the files of the storage are read, not written."""
    place = _Scratch(scratch)
    with archive_reading(archive, identities) as reader, place.database():
        restored = _load(reader, place)
        place.forget()
    return restored


class _Place:
    """Where this portal's settings say that things lie."""

    def __init__(self) -> None:
        self.storage = files.storage_target()
        self.folders = {name: files.Target(files.var(name)) for name in (files.TUF, files.KEYS, files.MLFLOW)}
        name = connection.settings_dict["NAME"]
        self.file = files.Target(Path(str(name))) if connection.vendor == "sqlite" else None
        self.moved: list[files.Target] = []
        self.moving = files.var("places.restoring")  # there while files come into their places

    @property
    def targets(self) -> list[files.Target]:
        own = [self.storage, *self.folders.values(), self.file]
        return [one for one in own if one is not None]

    def must_be_empty(self) -> None:
        if self.moving.exists():  # a restore was cut off: what lies in the places is its own, but for keys
            for one in self.targets:
                if one is not self.folders[files.KEYS]:
                    one.back()
        keys = self.folders[files.KEYS]  # they may lie there already
        taken = [str(one.place) for one in self.targets if one is not keys and one.taken()]
        if connection.vendor != "sqlite" and not postgresql.empty():
            taken.append(str(connection.settings_dict["NAME"]))
        if taken:
            raise PlaceTaken(
                _(
                    "A restore goes into an empty place, and there is something in %(where)s; set VAR_DIR, "
                    "DATABASE_URL and STORAGE_URL to new ones. What is there stays."
                )
                % {"where": ", ".join(taken)}
            )
        for one in self.targets:
            one.clear()

    @contextlib.contextmanager
    def database(self) -> Iterator[None]:
        """Inside, the database is the one that is being restored; afterwards it is there, or nothing is."""
        if self.file is None:
            with transaction.atomic():
                yield
            return
        self.file.place.parent.mkdir(parents=True, exist_ok=True)
        with sqlite.opened(self.file.staged):
            yield
        self._move(self.file)

    def tables(self) -> None:
        postgresql.make_tables()

    def take(self, name: str, source: IO[bytes]) -> None:
        folder, _slash, inside = name.partition("/")
        if folder == files.STORAGE:
            if self.storage is None:
                files.storage_write(inside, source)
            else:
                self.storage.write(inside, source)
        elif folder in self.folders:
            self.folders[folder].write(inside, source)
        else:
            raise ArchiveUnfit(_("The archive holds what no backup holds (%(name)s).") % {"name": name})

    def take_database(self, source: IO[bytes]) -> None:
        assert self.file is not None
        self.file.write("", source)
        sqlite.checked(self.file.staged)

    def put(self) -> None:
        """Everything but the SQLite file, which comes last."""
        self.moving.parent.mkdir(parents=True, exist_ok=True)
        self.moving.touch()
        leap(self.folders[files.TUF].staged)
        for one in self.targets:
            if one is not self.file and one.staged.exists():
                if one is self.folders[files.KEYS] and one.taken():
                    one.clear()  # keys that lie there stay
                    continue
                self._move(one)

    def _move(self, one: files.Target) -> None:
        self.moved.append(one)
        one.move()

    def undo(self) -> None:
        for one in self.targets:
            one.back() if one in self.moved else one.clear()
        self.moving.unlink(missing_ok=True)


class _Scratch(_Place):
    """A place for a trial: a folder, and on PostgreSQL a schema of its own that is rolled back."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.storage = None
        self.folders = {name: files.Target(folder / name) for name in self.folders}
        self.file = files.Target(folder / sqlite.MEMBER) if self.file else None

    def tables(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA restore_trial")
            cursor.execute("SET LOCAL search_path TO restore_trial")
        super().tables()

    def take(self, name: str, source: IO[bytes]) -> None:
        if not name.startswith(f"{files.STORAGE}/"):
            super().take(name, source)

    def forget(self) -> None:
        if self.file is None:
            transaction.set_rollback(True)

    def _move(self, one: files.Target) -> None:
        one.clear()


def _load(reader: Reader, place: _Place) -> Restored:
    """Rows and files, each checked; the log is recomputed."""
    manifest = reader.manifest
    reading.check_version(manifest)
    restored = Restored(datetime.fromisoformat(manifest["made_at"]))
    if connection.vendor != "sqlite":
        place.tables()
    digests: set[str] = set()
    for name, _size, source in reader.members():
        if name == sqlite.MEMBER:
            place.take_database(source)
        elif name.startswith(postgresql.FOLDER):
            _rows(name, manifest["tables"], source)
        else:
            _file(name, source, place, digests)
    if connection.vendor != "sqlite":
        postgresql.finish()
    report = log_verify()
    if report.faults:
        raise ArchiveUnfit(
            _("The log in the archive does not fit itself: %(why)s") % {"why": " ".join(report.faults[:3])}
        )
    restored.events, restored.lacking = report.events, reading.artifacts_lacking(digests)
    return restored


def _rows(name: str, tables: dict[str, list[str]], source: IO[bytes]) -> None:
    try:
        postgresql.take(name, tables, source)
    except (DatabaseError, KeyError) as error:
        why = str(error).splitlines()[0]
        says = _("%(name)s cannot be read back (%(why)s).") % {"name": name, "why": why}
        raise ArchiveUnfit(says) from None


def _file(name: str, source: Any, place: _Place, digests: set[str]) -> None:
    """One that is named by its content must have it."""
    place.take(name, source)
    while source.read(PIECE):
        pass
    inside = name.removeprefix(f"{files.STORAGE}/")
    if name != inside and inside.startswith(ARTIFACTS) and "." not in inside:
        wanted = inside.rpartition("/")[2]
        if source.digest.hexdigest() != wanted:
            raise ArchiveUnfit(_("The file %(name)s is not what its name says.") % {"name": inside})
        digests.add(wanted)


def _judge(restored: Restored, seen: Sequence[Seen], recovery: Recovery | None) -> None:
    standing = reading.standing_now()
    restored.older = [sentence for one in seen for sentence in behind(standing, one)]
    if not seen:
        restored.older = [
            _("Nobody said what was seen last: give the newest checkpoint, and a node's status, with --seen.")
        ]
    if restored.older and recovery is None:
        raise OlderThanSeen(
            " ".join(restored.older)
            + " "
            + _("Take a newer archive, or let a person answer for it: --recover-as and --reason.")
        )
    with transaction.atomic():
        if restored.older and recovery is not None:
            _recover(restored, standing, recovery)
        event_record(
            type="ledger.log.restored",
            actor=SYSTEM,
            public={"made_at": restored.made_at, "events": restored.events},
        )


def _recover(restored: Restored, standing: Standing, recovery: Recovery) -> None:
    person = Person.objects.filter(username__iexact=recovery.username, is_active=True).first()
    if person is None or not person.check_password(recovery.password):
        raise OlderThanSeen(_("In the archive nobody of that name has this password."))
    guard(person, "keys.ceremony")
    if not recovery.reason.strip():
        raise OlderThanSeen(_("Say with --reason why the portal goes back."))
    numbers = {asset: number + LEAP for asset, number in standing.numbers.items()}
    event_record(
        type="ledger.log.recovered",
        actor=person.actor,
        public={
            "made_at": restored.made_at,
            "events": restored.events,
            "root": standing.root_of(standing.size).hex() if standing.size else "",
            "older": restored.older,
            "reason": recovery.reason.strip()[:400],
            "numbers": numbers,
        },
    )


def leap(tuf: Path) -> None:
    """From now on the repository in ``tuf`` gives versions that no node can have seen."""
    if (tuf / "metadata").is_dir():
        Layout(tuf).leap(LEAP)
