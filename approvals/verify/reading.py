"""An export as the verifier reads it: its files, and what the checks learn from one another."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from approvals.verify.proofs import Fault, parse

Event = dict[str, Any]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*", re.ASCII)


class Open(Exception):
    """This export does not hold what would show it."""


class Broken(Exception):
    """The export is what the log says, and the log tells of a plant that broke its promise."""

    def __init__(self, sentences: list[str], count: int) -> None:
        super().__init__("; ".join(sentences))
        self.sentences, self.count = sentences, count


def check_zip(path: Path, packed: zipfile.ZipFile) -> None:
    """One list of files has one zip: from the first byte to the last nothing stands in it but they."""
    place, listed, size = 0, b"", path.stat().st_size
    with path.open("rb") as file:
        for info in packed.infolist():
            name, short = info.filename.encode(), size < 2**31 - 1  # a longer one needs other fields
            told = (info.CRC, info.file_size, info.file_size, len(name))
            head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, *told, 0) + name
            file.seek(place)
            begins = file.read(len(head))
            if (
                info.header_offset != place
                or info.compress_type
                or info.flag_bits
                or (short and begins != head)
            ):
                raise Fault("The zip holds more than its files, or describes one in another way.")
            rest = (0, 0, 0, 0, 0o100644 << 16, place)
            listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", 788, 20, 0, 0, 0, 33, *told, *rest) + name
            place += len(head) + info.file_size + int.from_bytes(begins[28:30], "little")
        file.seek(place)
        count = len(packed.infolist())
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), place, 0)
        if packed.start_dir != place or packed.comment or (short and file.read() != listed + end):
            raise Fault("The zip holds more than its files.")


class Export:
    """The files of an export, in a zip or in a folder."""

    def __init__(self, path: Path) -> None:
        self.folder = path
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        if self.zip is not None:
            names = self.zip.namelist()
        else:
            names = [one.relative_to(path).as_posix() for one in sorted(path.rglob("*")) if one.is_file()]
        self.names = set(names)
        if len(names) != len(self.names):
            raise Fault("The zip holds a file twice.")
        if self.zip is not None:
            check_zip(path, self.zip)
        if not all(NAME.fullmatch(name) for name in names):
            raise Fault("A file has a name that an export does not give, or would land outside its folder.")

    def open(self, name: str) -> IO[bytes]:
        if name not in self.names:
            raise Fault(f"{name} is missing.")
        return self.zip.open(name) if self.zip is not None else (self.folder / name).open("rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def value(self, name: str) -> Any:
        return parse(self.read(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines without their ends; each must have one."""
        with self.open(name) as file:
            for line in file:
                if not line.endswith(b"\n"):
                    raise Fault(f"{name} is cut short.")
                yield line[:-1]

    def below(self, folder: str) -> list[str]:
        return sorted(name for name in self.names if name.startswith(folder + "/"))


@dataclass
class Facts:
    """What the checks learn from one another."""

    told: dict[str, Any]
    keys: list[str]
    given_root: str = ""
    witnesses: int = 0  # how many must have cosigned
    size: int = 0
    root: bytes = b""
    key: str = ""
    events: int = 0
    erased: int = 0
    kept: list[Event] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)  # earlier checkpoints with their cosignatures

    @property
    def whole(self) -> bool:
        return not any(self.told["filter"].values())

    def of(self, name: str) -> list[Event]:
        return [event for event in self.kept if event["type"] == name]


def subject(event: Event, kind: str, *, role: str = "") -> str:
    """The one thing of this kind (in this role, where one is named) that an event is about; "" for none."""
    named = [
        one["id"]
        for one in event["subjects"]
        if one["kind"] == kind and (not role or one.get("relation") == role)
    ]
    if len(named) > 1:
        raise Fault(f"Event {event['id']} names more than one {kind}.")
    return named[0] if named else ""
