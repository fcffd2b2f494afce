"""Everything on one machine, in the foreground."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from mlops_portal.above.serve import parts, preflight, prepare
from mlops_portal.above.serve.errors import CannotStart
from mlops_portal.above.serve.processes import Process, contributed, manage
from mlops_portal.above.serve.supervision.board import Board
from mlops_portal.above.serve.supervision.lock import RunLock
from mlops_portal.above.serve.supervision.supervisor import Supervisor


class Command(BaseCommand):
    help = (
        "Start everything on this machine: broker, web, worker, scheduler, MLflow server and the demo plant."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="without the demo plant and its machines")
        parser.add_argument("--port", type=int, help="where the web process listens (default: PORT, 8000)")
        parser.add_argument("--host", help="address to listen on (default: this machine alone, "
                            "or every address when ALLOWED_HOSTS names another host)")  # fmt: skip
        parser.add_argument("--without", action="append", choices=parts.OPTIONAL, default=[],
                            help="leave a part out; may be given several times")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["port"] not in (None, settings.PORT):
            # Addresses in the settings follow from PORT; they are read once, at the start of a process.
            os.execve(sys.executable, sys.orig_argv, {**os.environ, "PORT": str(options["port"])})  # noqa: S606 - ourselves
        try:
            self._serve(demo=not options["no_demo"], host=options["host"] or preflight.host(),
                        without=frozenset(options["without"]))  # fmt: skip
        except CannotStart as error:
            raise CommandError(error.sentence) from None

    def _serve(self, *, demo: bool, host: str, without: frozenset[str]) -> None:
        board = Board()
        preflight.folders()
        lock = RunLock(settings.VAR_DIR)
        lock.take()
        lock.write(address=settings.PUBLIC_URL, processes={})
        try:
            own = parts.own(host=host, without=without)
            preflight.ports(host, mlflow=any(part.name == "mlflow" for part in own))
            board.say(
                _("MLOps Portal is starting; its files are in %(folder)s.") % {"folder": settings.VAR_DIR}
            )
            prepare.collect_static()
            prepare.migrate()
            Supervisor(
                stages=_stages(own, demo=demo), lock=lock, board=board, address=settings.PUBLIC_URL
            ).run(lambda: _announce(board, demo=demo))
        except KeyboardInterrupt:
            pass
        finally:
            lock.release()


def _stages(own: list[Process], *, demo: bool) -> list[list[Process]]:
    """The broker; what people need; what nobody waits for, so that it takes no time from the start."""
    first = [part for part in own if part.name == "broker"]
    needed = [part for part in own if part.wait and part not in first]
    beside = [part for part in own if not part.wait]
    if demo and "demo" in get_commands():
        loaded = import_string("mlops_portal.above.demo.selectors.loaded")()  # by name: it is above this room
        load = Process(name="demo", argv=manage("demo"), restart=False, wait=not loaded)
        (needed if load.wait else beside).append(load)
    return [first, needed, [*beside, *contributed(demo=demo)]]


def _announce(board: Board, *, demo: bool) -> None:
    board.say()
    board.say("  " + settings.PUBLIC_URL)
    if demo and importlib.util.find_spec("mlops_portal.above.demo.accounts"):
        accounts = importlib.import_module("mlops_portal.above.demo.accounts")
        board.say()
        for username, password, role, line in accounts.sign_ins():
            board.say(f"  {username:<14} {password:<22} {', '.join(filter(None, (role, line)))}")
    board.say()
    board.say(_("Ctrl-C ends everything."))
