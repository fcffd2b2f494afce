"""An export as the verifier reads it: its files, and what the checks learn from one another."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from approvals.verify.proofs import Fault, parse

Event = dict[str, Any]


class Open(Exception):
    """This export does not hold what would show it."""


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
        if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
            raise Fault("The zip holds a file that would land outside its folder.")

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
    size: int = 0
    root: bytes = b""
    key: str = ""
    events: int = 0
    erased: int = 0
    kept: list[Event] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not any(self.told["filter"].values())

    def of(self, name: str) -> list[Event]:
        return [event for event in self.kept if event["type"] == name]


def subject(event: Event, kind: str) -> str:
    return next((one["id"] for one in event["subjects"] if one["kind"] == kind), "")
