"""``manage.py restore``: an archive into an empty place, whole or not at all."""

from __future__ import annotations

import getpass
import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.above.serve.backup.archive import identities_of
from mlops_portal.above.serve.backup.restoring import Recovery, Restored, restore
from mlops_portal.above.serve.backup.standing import seen_in
from mlops_portal.foundation.wire.errors import PortalError


class Command(BaseCommand):
    help = (
        "Put an archive into an empty database and empty folders (DATABASE_URL, VAR_DIR, STORAGE_URL). What "
        "was seen last is given with --seen; an archive behind it comes back only when a person of the "
        "archive answers for it by name and password, and the log says so."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--seen", type=Path, action="append", default=[], metavar="FILE",
                            help="a checkpoint kept elsewhere, or what “agent status” printed at a node; "
                                 "may be given several times")  # fmt: skip
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the age key of an encrypted archive"
        )
        parser.add_argument("--recover-as", metavar="USERNAME", default="",
                            help="who answers for going behind what was seen; the password is asked for, "
                                 "or read from standard input")  # fmt: skip
        parser.add_argument("--reason", default="", help="why; it stays in the log")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            restored = restore(
                options["archive"],
                seen=[seen_in(path) for path in options["seen"]],
                recovery=_recovery(options["recover_as"], options["reason"]),
                identities=identities_of(options["identity"]),
            )
        except PortalError as error:
            raise CommandError(error.sentence) from None
        except DatabaseError as error:
            raise CommandError(_("The database cannot be written (%(why)s).") % {"why": error}) from None
        except OSError as error:
            raise CommandError(
                _("%(file)s: %(why)s.") % {"file": error.filename or "", "why": error.strerror}
            ) from None
        self._tell(restored, time.monotonic() - begun, as_json=options["json"])

    def _tell(self, restored: Restored, seconds: float, *, as_json: bool) -> None:
        if as_json:
            told = asdict(restored) | {"made_at": restored.made_at.isoformat(), "seconds": round(seconds, 1)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        made_at = restored.made_at.isoformat(timespec="seconds")
        self.stdout.write(
            _("The portal is as it was at %(made_at)s: %(events)d events; %(seconds).0f s.")
            % {"made_at": made_at, "events": restored.events, "seconds": seconds}
        )
        for sentence in restored.older:
            self.stdout.write(sentence)
        if restored.keys:
            missing = ngettext(
                "This key is not in its place: %(names)s. Bring it back below VAR_DIR, or hold a key "
                "ceremony.",
                "These keys are not in their place: %(names)s. Bring them back below VAR_DIR, or hold a key "
                "ceremony.",
                len(restored.keys),
            )
            self.stdout.write(missing % {"names": ", ".join(restored.keys)})
        if restored.lacking:
            lacking = ngettext(
                "%(count)d file was missing when the archive was made: %(names)s",
                "%(count)d files were missing when the archive was made: %(names)s",
                len(restored.lacking),
            )
            self.stderr.write(
                lacking % {"count": len(restored.lacking), "names": ", ".join(restored.lacking[:10])}
            )


def _recovery(username: str, reason: str) -> Recovery | None:
    if not username:
        return None
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    return Recovery(username, password, reason)
