"""An empty portal in a folder that goes away: embedded profile, SQLite as it runs in a plant."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def empty(*, broker: bool = False) -> Iterator[None]:
    """Django set up and migrated, with a broker where it is asked for.

    For a process of its own, since settings are read once; processes that it starts call ``join``.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "mlops_portal.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        server = _broker() if broker else None
        try:
            yield
        finally:
            connections.close_all()
            if server:
                server.kill()
                server.wait()


def join() -> None:
    """The same portal, in a process that inherits its environment."""
    import django

    django.setup()


def _broker() -> subprocess.Popen[bytes]:
    from django.conf import settings

    from tests.ground import start_broker

    return start_broker(settings.BROKER_SOCKET)
