"""Files opened as a stream of plain bytes: compression is seen by content and undone in constant memory.

- A bomb is refused while it unfolds: more than ``RATIO`` times what was read of it once ``FREE`` bytes came
  out, or more than ``MOST`` bytes at all. A zip that says so itself is refused before.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from mlops_portal.foundation.registry.compute.tables.formats.signatures import (
    HEAD,
    compression,
    foreign,
    of_zip,
)
from mlops_portal.foundation.registry.compute.tables.problem import gettext_noop, unreadable

STEP = 1 << 20  # of what comes out
BITE = 1 << 16  # of what goes in: small, so that a bomb is seen early
RATIO = 200
FREE = 32 << 20
MOST = 8 << 30
XZ_MEMORY = 160 << 20  # what xz -9 needs is 65 MiB; a file may ask for gigabytes
BOMB = gettext_noop(
    "The compressed file unfolds to more than {ratio} times its size and was not read on; bring the table"
    " itself, or in parts."
)
DAMAGED = gettext_noop("The compressed file is damaged or cut off; write or upload it again.")


class Decompressor(Protocol):
    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Unfolding(io.RawIOBase):
    """A compressed stream, a step at a time, with as many parts one after the other as were written."""

    def __init__(self, raw: io.BufferedIOBase, new: Callable[[], Decompressor]) -> None:
        self._raw, self._new, self._part, self._rest = raw, new, new(), b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        most = STEP if size is None or size < 0 else size
        while True:
            if self._part.eof:
                self._rest = self._part.unused_data.lstrip(b"\0") or self._raw.read(BITE).lstrip(b"\0")
                if not self._rest:
                    return b""
                self._part = self._new()
            tail = getattr(self._part, "unconsumed_tail", None)  # zlib hands back what it did not take
            hungry = not tail if tail is not None else getattr(self._part, "needs_input", True)
            data, self._rest = (tail or b"") + self._rest, b""
            if hungry and not data:
                data = self._raw.read(BITE)
                if not data:
                    raise EOFError
            if out := self._part.decompress(data, most):
                return out


class Bounded(io.RawIOBase):
    """``inner`` with the limits of this module on what comes out of the bytes ``taken`` so far; what breaks
    is said in a sentence."""

    def __init__(self, inner: Any, taken: Callable[[], int], *, compressed: bool) -> None:
        self._inner, self._taken, self._compressed, self.out = inner, taken, compressed, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data: bytes = self._inner.read(STEP if size is None or size < 0 else size)
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError):
            raise unreadable("damaged", DAMAGED) from None
        self.out += len(data)
        if self.out > MOST or (self._compressed and self.out > max(FREE, RATIO * self._taken())):
            raise unreadable("bomb", BOMB, ratio=RATIO)
        return data


class Opened:
    """An open file: ``stream`` of plain bytes, how it was compressed, and how far reading got."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("rb")
        self.size = path.stat().st_size
        head = self._file.read(HEAD)
        self._file.seek(0)
        self.compression, self.member = compression(head), ""
        if self.compression:
            self.stream = Bounded(self._unfolded(), self.position, compressed=True)
        else:
            self.stream = Bounded(self._file, self.position, compressed=False)

    def _unfolded(self) -> Any:
        if self.compression == "zip":
            return self._member()
        if self.compression == "zstd":
            return pa.CompressedInputStream(pa.PythonFile(self._file, mode="r"), "zstd")
        new: dict[str, Callable[[], Any]] = {
            "gzip": lambda: zlib.decompressobj(wbits=31),
            "bz2": bz2.BZ2Decompressor,
            "xz": lambda: lzma.LZMADecompressor(memlimit=XZ_MEMORY),
        }
        return Unfolding(self._file, new[self.compression])

    def _member(self) -> Any:
        try:
            archive = zipfile.ZipFile(self._file)
            inside = [one for one in archive.infolist() if not one.is_dir()]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise unreadable("damaged", DAMAGED) from None
        if refusal := of_zip([one.filename for one in inside]):
            raise refusal
        inside = [one for one in inside if not one.filename.startswith("__MACOSX/")]
        if len(inside) != 1:
            raise unreadable(
                "archive",
                gettext_noop("The archive holds {count} files; bring an archive with one table in it."),
                count=len(inside),
            )
        one = inside[0]
        if one.flag_bits & 1:
            raise unreadable("encrypted", gettext_noop("The archive has a password; bring it without one."))
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
            raise unreadable(
                "archive",
                gettext_noop(
                    "The archive is packed in a way that is not read here; pack it as an ordinary zip or"
                    " gzip."
                ),
            )
        if one.file_size > MOST or one.file_size > max(FREE, RATIO * self.size):
            raise unreadable("bomb", BOMB, ratio=RATIO)
        self.member = one.filename
        return archive.open(one)

    def position(self) -> int:
        """Bytes of the file itself that were read."""
        return min(self._file.tell(), self.size) if not self._file.closed else self.size

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def opened(path: Path) -> tuple[Opened, bytes]:
    """The file as plain bytes and the first of them. Raises TableUnreadable where it is no table.

    The first bytes are taken from the stream; whoever reads on puts them in front.
    """
    try:
        file = Opened(path)
    except IsADirectoryError:
        raise unreadable(
            "no-file", gettext_noop("{name} is a folder; name a file."), name=path.name
        ) from None
    except PermissionError:
        raise unreadable(
            "no-file", gettext_noop("{name} may not be read; change its rights."), name=path.name
        ) from None
    except OSError:
        raise unreadable(
            "no-file", gettext_noop("There is no file {name}; check the path."), name=path.name
        ) from None
    try:
        head = file.stream.read(HEAD)
        while len(head) < HEAD and (more := file.stream.read(HEAD - len(head))):
            head += more
        if not head:
            raise unreadable("empty", gettext_noop("The file is empty; export the table again."))
        if file.compression and compression(head):
            raise unreadable(
                "archive", gettext_noop("The file is compressed twice; unpack it once and bring it again.")
            )
        if refusal := foreign(head):
            raise refusal
    except BaseException:
        file.close()
        raise
    return file, head
