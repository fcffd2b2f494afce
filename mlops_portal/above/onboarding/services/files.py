"""A plant's files, streamed in pieces: never whole in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import FileUnfit
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard

LARGEST = 2 * 1024**3
CHUNK = 1 << 20
FOLDER, HELD = "onboarding", "onboarding-held"
HELD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the storage has a file, its own name, its size in bytes and its digest."""

    path: str
    name: str
    size: int
    digest: str


def file_keep(file: File[bytes], name: str, *, folder: str = FOLDER) -> Kept:
    """Copy a file into the storage. Raises FileUnfit for an empty or too large one."""
    size = int(file.size or 0)
    name = Path(name).name[:200] or "table"
    if size == 0:
        raise FileUnfit(_("The file %(name)s is empty; choose one with a header and rows.") % {"name": name})
    if size > LARGEST:
        raise FileUnfit(
            _("The file %(name)s is larger than %(most)d GB; send a part of it.")
            % {"name": name, "most": LARGEST // 1024**3}
        )
    digest = sha256()
    for chunk in file.chunks(CHUNK):
        digest.update(chunk)
    file.seek(0)
    path = default_storage.save(f"{folder}/{uuid4().hex}", file)
    return Kept(path, name, size, digest.hexdigest())


def file_hold(*, by: Person, file: File[bytes], name: str, now: datetime) -> Kept:
    """Keep a file whose form could not be taken, for a day; what was held longer goes. Raises FileUnfit."""
    guard(by, "model.onboard")
    held_forget(now=now)
    return file_keep(file, name, folder=HELD)


def held_drop(*, by: Person, path: str) -> None:
    """Drop what was held: it was taken, or another came."""
    guard(by, "model.onboard")
    if path.startswith(f"{HELD}/"):
        file_drop(path)


def held_forget(*, now: datetime) -> None:
    """Drop files that were held for a day and that nobody asked for again."""
    try:
        names = default_storage.listdir(HELD)[1]
    except FileNotFoundError:
        return
    for name in names:
        path = f"{HELD}/{name}"
        if default_storage.get_modified_time(path) < now - HELD_FOR:
            default_storage.delete(path)


def file_drop(path: str) -> None:
    if path:
        default_storage.delete(path)


@contextmanager
def on_disk(path: str) -> Iterator[Path]:
    """The stored file as a path; a copy that goes afterwards where the storage is not this machine's disk."""
    if isinstance(default_storage, FileSystemStorage) or hasattr(default_storage, "path"):
        try:
            yield Path(default_storage.path(path))
            return
        except NotImplementedError:
            pass
    with tempfile.NamedTemporaryFile(prefix="onboarding-") as copy:
        with default_storage.open(path) as file:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def import_path(given: str) -> Path:
    """A file below IMPORT_DIR by its path there. Raises FileUnfit for anything else."""
    folder: Path | None = settings.IMPORT_DIR
    if folder is None:
        raise FileUnfit(_("Tables cannot be brought by a path here; upload the file instead."))
    root = folder.resolve()
    path = (root / given.strip()).resolve()
    if not path.is_relative_to(root) or path == root:
        raise FileUnfit(
            _("%(path)s does not lie in the folder from which tables may be brought.") % {"path": given}
        )
    if not path.is_file():
        raise FileUnfit(_("There is no file %(path)s; check how it is written.") % {"path": given})
    return path
