"""Checkpoints of a log (https://c2sp.org/tlog-checkpoint): origin, size and root, one a line."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from mlops_portal.foundation.wire.merkle import HASH_SIZE
from mlops_portal.foundation.wire.note import NoteError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log claims: that its first ``size`` leaves have ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "\n".join(lines) + "\n"


def parse(text: str) -> Checkpoint:
    """Read a checkpoint's text; NoteError where a line is missing, empty or spelled otherwise."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines):
        raise NoteError("a checkpoint has three lines or more, none of them empty")
    origin, size, encoded, *extensions = lines
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size, re.ASCII):
        raise NoteError("the checkpoint's size is not a number")
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("the checkpoint's root is not base64") from None
    checkpoint = Checkpoint(origin, int(size), root, tuple(extensions))
    if len(root) != HASH_SIZE or checkpoint.text() != text:
        raise NoteError("the checkpoint's root is not a SHA-256 hash in base64")
    return checkpoint
