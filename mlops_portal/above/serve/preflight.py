"""What is looked at before anything is started."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from mlops_portal.above.serve.broker import broker_folders
from mlops_portal.above.serve.errors import CannotStart
from mlops_portal.above.serve.prepare import restore_cut_off

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}


def folders() -> None:
    """Make the folders below VAR_DIR, and try that they can be written."""
    var_dir: Path = settings.VAR_DIR
    if restore_cut_off():
        raise CannotStart(
            _("A restore into %(folder)s was cut off; run “manage.py restore” with the same archive again.")
            % {"folder": var_dir}
        )
    try:
        for name in ("run", "log", "mlflow/artifacts", "static"):
            (var_dir / name).mkdir(parents=True, exist_ok=True)
            probe = var_dir / name / f".write-{os.getpid()}"
            probe.touch()
            probe.unlink()
        if settings.EMBEDDED_BROKER:
            broker_folders()
    except OSError as error:
        raise CannotStart(
            _("%(folder)s cannot be written (%(reason)s); set VAR_DIR to a folder that can.")
            % {"folder": error.filename or var_dir, "reason": error.strerror}
        ) from None


def host() -> str:
    """Where the web process listens: this machine alone, unless ALLOWED_HOSTS names another."""
    return "127.0.0.1" if LOOPBACK.issuperset(settings.ALLOWED_HOSTS) else "0.0.0.0"  # noqa: S104 - asked for by ALLOWED_HOSTS


def port_free(host: str, port: int, *, purpose: str) -> None:
    """Raises CannotStart when ``port`` cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = _(
                    "Port %(port)s (%(purpose)s) is taken by another program; "
                    "end it, or choose another: PORT=%(other)s."
                )
            elif error.errno == errno.EACCES:
                sentence = _(
                    "Port %(port)s (%(purpose)s) may not be used without more rights; "
                    "choose one above 1023: PORT=%(other)s."
                )
            else:
                sentence = _("Port %(port)s (%(purpose)s) cannot be used; choose another: PORT=%(other)s.")
            other = 8000 if port < 1024 else (port // 10 + 1) * 10
            raise CannotStart(sentence % {"port": port, "purpose": purpose, "other": other}) from None


def ports(host: str, *, mlflow: bool) -> None:
    port_free(host, settings.PORT, purpose=_("web"))
    if mlflow:
        port_free("127.0.0.1", settings.PORT + 1, purpose=_("MLflow"))
