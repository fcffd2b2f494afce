"""``manage.py backup``: one archive of everything that a portal is, tried before it is believed."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.above.serve.backup.making import Made, backup_make
from mlops_portal.foundation.wire.errors import PortalError

MIB = 1 << 20


class Command(BaseCommand):
    help = (
        "Write one archive of database, files, published releases and the names of the keys, while the "
        "portal runs; it is restored into a scratch place beside it before this command says that it is "
        "good. Offline keys are never in it, online keys only with --with-keys."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="must not exist yet")
        parser.add_argument("--recipient", action="append", default=[], metavar="age1…",
                            help="encrypt for this age public key; may be given several times")  # fmt: skip
        parser.add_argument("--with-keys", action="store_true",
                            help="the online keys too; needs --recipient")  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            made = backup_make(options["out"].absolute(), recipients=options["recipient"],
                               with_keys=options["with_keys"])  # fmt: skip
        except PortalError as error:
            raise CommandError(error.sentence) from None
        except DatabaseError as error:
            raise CommandError(_("The database cannot be read (%(why)s).") % {"why": error}) from None
        self._tell(made, time.monotonic() - begun, as_json=options["json"])

    def _tell(self, made: Made, seconds: float, *, as_json: bool) -> None:
        if as_json:
            told = {"file": str(made.path), "bytes": made.size, "sha256": made.digest, "events": made.events,
                    "files": made.files, "encrypted": made.encrypted, "lacking": made.lacking,
                    "seconds": round(seconds, 1)}  # fmt: skip
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        values = {"size": made.size / MIB, "events": made.events, "files": made.files, "seconds": seconds}
        self.stdout.write(
            _(
                "%(file)s: %(size).1f MiB, %(events)d events, %(files)d files, restored for trial; "
                "%(seconds).0f s."
            )
            % {"file": made.path, **values}
        )
        self.stdout.write(f"sha256 {made.digest}")
        if made.lacking:
            lacking = ngettext(
                "%(count)d file is missing from the storage already: %(names)s",
                "%(count)d files are missing from the storage already: %(names)s",
                len(made.lacking),
            )
            self.stderr.write(lacking % {"count": len(made.lacking), "names": ", ".join(made.lacking[:10])})
