"""What an archive holds beside the database, and where each lies.

In it: all of the storage; the published TUF repository with its rosters; the embedded MLflow server's runs.
Of keys the names and public halves; the online keys themselves only into an encrypted archive, on wish.
Never: offline keys, SECRET_KEY, the queue, logs, mail, the demo plant's own files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

from mlops_portal.above.serve.backup import sqlite
from mlops_portal.above.serve.backup.archive import Writer
from mlops_portal.foundation.ledger.key_files import key_in

STORAGE, TUF, KEYS, MLFLOW = "storage", "tuf", "keys", "mlflow"
PROBES = "health"
OF_THE_PLACE = {"lock", "staging"}
MLFLOW_DATABASE = "mlflow.sqlite3"


def var(name: str) -> Path:
    return Path(settings.VAR_DIR) / name


def storage_names(folder: str = "") -> Iterator[str]:
    """Every file of the storage, folder by folder."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{folder}/{name}" if folder else name
    for one in sorted(folders):
        if folder or one != PROBES:
            yield from storage_names(f"{folder}/{one}" if folder else one)


def put_storage(writer: Writer) -> int:
    """How many files. One that was deleted since it was listed is left out: no row names it any more."""
    count = 0
    for name in storage_names():
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            continue
        with file:
            writer.add(f"{STORAGE}/{name}", file.size, file)
        count += 1
    return count


def put_folder(writer: Writer, name: str) -> None:
    root = var(name)
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        inside = path.relative_to(root)
        if path.is_file() and not path.is_symlink() and inside.parts[0] not in OF_THE_PLACE:
            writer.add_file(f"{name}/{inside.as_posix()}", path)


def put_mlflow(writer: Writer, scratch: Path) -> None:
    """The embedded server's runs; another server has a backup of its own."""
    own = var(MLFLOW)
    if not settings.EMBEDDED_MLFLOW or not (own / MLFLOW_DATABASE).exists():
        return
    copied = scratch / MLFLOW_DATABASE
    sqlite.copy(own / MLFLOW_DATABASE, copied)
    writer.add_file(f"{MLFLOW}/{MLFLOW_DATABASE}", copied)
    copied.unlink()
    for path in sorted((own / "artifacts").rglob("*")):
        if path.is_file():
            writer.add_file(f"{MLFLOW}/{path.relative_to(own).as_posix()}", path)


def keys_named() -> list[dict[str, str]]:
    """The online keys below VAR_DIR: file and public half (hex)."""
    named = []
    for path in sorted(var(KEYS).glob("*")):
        key = key_in(path.read_bytes()) if path.is_file() else None
        if key is not None:
            public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
            named.append({"file": path.name, "public": public})
    return named


def keys_missing(named: list[dict[str, str]]) -> list[str]:
    """Of the keys that an archive names, the files that do not lie below VAR_DIR."""
    here = {(one["file"], one["public"]) for one in keys_named()}
    return [one["file"] for one in named if (one["file"], one["public"]) not in here]


class Target:
    """A file or folder that comes into its place whole: made beside it, then moved."""

    def __init__(self, place: Path) -> None:
        self.place, self.staged = place, place.with_name(f"{place.name}.restoring")

    def taken(self) -> bool:
        """Whether something lies there that a restore would overwrite."""
        return self.place.is_file() or any(one.is_file() for one in self.place.rglob("*"))

    def write(self, inside: str, source: IO[bytes]) -> None:
        path = self.staged / inside if inside else self.staged
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)

    def move(self) -> None:
        if self.staged.exists():
            if self.place.is_dir():
                shutil.rmtree(self.place)  # it was asked: nothing lies there
            self.staged.replace(self.place)

    def back(self) -> None:
        """Whatever this restore made, gone."""
        for path in (self.staged, self.place):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def clear(self) -> None:
        shutil.rmtree(self.staged) if self.staged.is_dir() else self.staged.unlink(missing_ok=True)


def storage_target() -> Target | None:
    """None for an object store: what goes there is whole by itself, and named by its content or by a row."""
    if isinstance(default_storage, FileSystemStorage):
        return Target(Path(default_storage.location))
    return None


def storage_write(name: str, source: Any) -> None:
    if not default_storage.exists(name):
        default_storage.save(name, File(source))
