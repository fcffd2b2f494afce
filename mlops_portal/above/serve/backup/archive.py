"""The archive: a gzipped tar that is written and read from front to back, never held in memory.

- ``manifest.json`` comes first, ``end.json`` last: with the number of members between them and a digest over
  their names, sizes and contents. An archive without its end is half of one.
- Names are never used as paths before ``safe`` has passed them.
- Encrypted it is an age file (https://age-encryption.org/v1): the portal has the public halves alone, and
  ``age -d`` of Debian opens it without the portal.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyrage
from django.utils.translation import gettext as _

from mlops_portal.above.serve.backup.errors import ArchiveUnfit, BackupFailed

MANIFEST, END = "manifest.json", "end.json"
PIECE = 1 << 20
LONGEST_MANIFEST = 16 << 20
AGE = b"age-encryption.org/"


def safe(name: str) -> bool:
    """Whether ``name`` stays below the folder that it is put in, also without its first folders: written in
    one way only, so without “//”, behind which a rest would begin at the root."""
    path = PurePosixPath(name)
    one_way = bool(name) and name == str(path) and "\0" not in name
    return one_way and not path.is_absolute() and ".." not in path.parts


class _Hashed:
    """Reads from ``source`` and knows the digest of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest, self.size = source, sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data


@dataclass
class _Chain:
    """The running digest over all members."""

    members: int = 0
    digest: Any = field(default_factory=sha256)

    def add(self, name: str, size: int, digest: str) -> None:
        self.members += 1
        self.digest.update(f"{name}\n{size}\n{digest}\n".encode())

    def end(self) -> dict[str, Any]:
        return {"members": self.members, "digest": self.digest.hexdigest()}


class Writer:
    """Members one after the other; ``closed`` writes the end."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._chain = tar, _Chain()

    def add(self, name: str, size: int, source: IO[bytes]) -> None:
        """``size`` bytes of ``source`` under ``name``."""
        hashed = _Hashed(source)
        self._tar.addfile(_info(name, size), hashed)
        self._chain.add(name, size, hashed.digest.hexdigest())

    def add_bytes(self, name: str, data: bytes) -> None:
        self.add(name, len(data), BytesIO(data))

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.add(name, os.fstat(file.fileno()).st_size, file)

    def end(self) -> None:
        self._tar.addfile(*_json(END, self._chain.end()))

    def begin(self, manifest: dict[str, Any]) -> None:
        self.add_bytes(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False).encode())


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _json(name: str, value: dict[str, Any]) -> tuple[tarfile.TarInfo, IO[bytes]]:
    data = json.dumps(value).encode()
    return _info(name, len(data)), BytesIO(data)


@contextmanager
def writing(path: Path, recipients: Sequence[pyrage.x25519.Recipient] = ()) -> Iterator[Writer]:
    """A new file (mode 0600) that is durable when this is over. OSError where there is no room."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with (
            _sealed(file, recipients) as out,
            gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            writer = Writer(tar)
            yield writer
            writer.end()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _sealed(file: IO[bytes], recipients: Sequence[pyrage.x25519.Recipient]) -> Iterator[IO[bytes]]:
    """What is written here arrives in ``file``, sealed by a thread where there are recipients."""
    if not recipients:
        yield file
        return
    read, write = os.pipe()
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(read, "rb") as source:
                pyrage.encrypt_io(source, file, list(recipients))
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        with suppress(BrokenPipeError), os.fdopen(write, "wb") as out:
            yield out
    finally:
        thread.join()
    if wrong:
        raise BackupFailed(_("The archive could not be encrypted or written (%(why)s).") % {"why": wrong[0]})


class Reader:
    """The manifest, then the members in their order; ``members`` ends in ArchiveUnfit where the end lacks."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._chain = tar, _Chain()
        first = tar.next()
        if first is None or first.name != MANIFEST or first.size > LONGEST_MANIFEST:
            raise ArchiveUnfit(_("This is no backup of MLOps Portal."))
        source = _Hashed(self._opened(first))
        self.manifest: dict[str, Any] = json.loads(source.read())
        self._chain.add(first.name, first.size, source.digest.hexdigest())

    def members(self) -> Iterator[tuple[str, int, IO[bytes]]]:
        """Name, size and content of each; what was not read of one is skipped, but counted."""
        while (info := self._tar.next()) is not None:
            if info.name == END:
                if json.loads(self._opened(info).read()) != self._chain.end() or self._tar.next() is not None:
                    raise ArchiveUnfit(_("The archive was changed after it was made."))
                return
            if not info.isreg() or not safe(info.name):
                raise _strange(info)
            source = _Hashed(self._opened(info))
            yield info.name, info.size, source  # type: ignore[misc]  # whoever takes it calls read alone
            while source.read(PIECE):
                pass
            self._chain.add(info.name, info.size, source.digest.hexdigest())
        raise ArchiveUnfit(_("The archive is not whole: its end is missing."))

    def _opened(self, info: tarfile.TarInfo) -> IO[bytes]:
        file = self._tar.extractfile(info)
        if file is None:
            raise _strange(info)
        return file


def _strange(info: tarfile.TarInfo) -> ArchiveUnfit:
    return ArchiveUnfit(_("The archive holds what no backup holds (%(name)s).") % {"name": info.name})


@contextmanager
def reading(path: Path, identities: Sequence[pyrage.x25519.Identity] = ()) -> Iterator[Reader]:
    """ArchiveUnfit, in one sentence, for whatever is no whole archive."""
    try:
        with path.open("rb") as file:
            sealed = file.read(len(AGE)) == AGE
            file.seek(0)
            if sealed and not identities:
                raise ArchiveUnfit(_("The archive is encrypted: name the file of its key with --identity."))
            with (
                _opened(file, identities if sealed else ()) as source,
                gzip.GzipFile(fileobj=source, mode="rb") as unpacked,
                tarfile.open(fileobj=unpacked, mode="r|") as tar,
            ):
                yield Reader(tar)
    except (EOFError, tarfile.ReadError, zlib.error) as error:
        raise ArchiveUnfit(_("The archive is not whole, or damaged (%(why)s).") % {"why": error}) from None
    except (gzip.BadGzipFile, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError):
        raise ArchiveUnfit(_("This is no backup of MLOps Portal, or it is damaged.")) from None


@contextmanager
def _opened(file: IO[bytes], identities: Sequence[pyrage.x25519.Identity]) -> Iterator[IO[bytes]]:
    if not identities:
        yield file
        return
    read, write = os.pipe()
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            with suppress(BrokenPipeError), os.fdopen(write, "wb") as out:
                pyrage.decrypt_io(file, out, list(identities))
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    source = os.fdopen(read, "rb")
    try:
        yield source
    except (EOFError, tarfile.ReadError, zlib.error, gzip.BadGzipFile):
        source.close()
        thread.join()
        if wrong:
            raise ArchiveUnfit(_("The key does not open the archive, or it is damaged.")) from None
        raise
    finally:
        source.close()
        thread.join()


def recipients_of(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Public halves, ``age1…``. BackupFailed for what is none."""
    try:
        return [pyrage.x25519.Recipient.from_str(key.strip()) for key in keys]
    except (ValueError, pyrage.RecipientError):
        raise BackupFailed(_("A recipient is an age public key: it begins with age1.")) from None


def identities_of(path: Path | None) -> list[pyrage.x25519.Identity]:
    """Private halves in a file as ``age-keygen`` writes it. ArchiveUnfit where none can be read."""
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        keys = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.strip() and not line.startswith("#")
        ]
    except (OSError, ValueError, pyrage.IdentityError):
        keys = []
    if not keys:
        raise ArchiveUnfit(_("%(file)s holds no age key.") % {"file": path})
    return keys
