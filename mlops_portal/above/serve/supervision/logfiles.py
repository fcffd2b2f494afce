"""One log file a part below VAR_DIR/log; the one before is kept as ``.1``."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from django.conf import settings

LIMIT = 20_000_000  # bytes


def path(name: str) -> Path:
    return Path(settings.VAR_DIR) / "log" / f"{name}.log"


def shown(name: str) -> str:
    """The path as a person would type it from the project's folder."""
    log = path(name)
    return str(log.relative_to(settings.BASE_DIR) if log.is_relative_to(settings.BASE_DIR) else log)


def rotate(name: str) -> None:
    log = path(name)
    if log.exists():
        log.replace(log.with_suffix(".log.1"))


def open_for(name: str) -> int:
    """A descriptor that appends; appending lets ``shorten`` cut the file while a part writes.

    Where the disk has no room for a new file the part runs without a log.
    """
    try:
        return os.open(path(name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return os.open(os.devnull, os.O_WRONLY)


def shorten(name: str) -> None:
    """Copy a log that has grown past LIMIT to ``.1`` and empty it; lines written in between are lost.

    On a full disk there is no room for the copy, and what the log takes is needed more.
    """
    log = path(name)
    if log.exists() and log.stat().st_size > LIMIT:
        try:
            shutil.copyfile(log, log.with_suffix(".log.1"))
        except OSError:
            log.with_suffix(".log.1").unlink(missing_ok=True)
        os.truncate(log, 0)
