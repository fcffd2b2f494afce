"""``manage.py ledger_verify``: is the log what it was?"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.selectors import Report, log_verify


class Command(BaseCommand):
    help = "Recompute the whole log from its events; exit code 1 and one sentence for each fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--checkpoint", type=Path, metavar="FILE", help="a checkpoint kept elsewhere, to compare with"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            checkpoint = options["checkpoint"].read_text(encoding="utf-8") if options["checkpoint"] else ""
            report = log_verify(kept=checkpoint)
        except (OSError, ValueError) as error:
            raise CommandError(
                _("%(file)s is not a checkpoint: %(why)s.") % {"file": options["checkpoint"], "why": error}
            ) from None
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            self.stdout.write(
                json.dumps({**asdict(report), "seconds": seconds, "compared": bool(checkpoint)})
            )
        else:
            self._tell(report, seconds, kept=bool(checkpoint))
        if report.faults:
            sys.exit(1)

    def _tell(self, report: Report, seconds: float, *, kept: bool) -> None:
        for sentence in report.faults:
            self.stderr.write(sentence)
        self.stdout.write(
            _(
                "%(events)s events, %(size)s leaves, %(checkpoints)s checkpoints, %(waiting)s waiting "
                "for a leaf, %(erased)s personal parts erased; %(faults)s faults; %(seconds)s s."
            )
            % {**asdict(report), "faults": len(report.faults), "seconds": seconds}
        )
        if not kept:
            self.stdout.write(
                _(
                    "Not seen: whether the log was rewritten as a whole and signed anew with its own key, "
                    "or went back to an older one. "
                    "A checkpoint.txt kept elsewhere shows it: --checkpoint FILE."
                )
            )
