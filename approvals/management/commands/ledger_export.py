"""``manage.py ledger_export``: the decision log as one zip that verifies without the portal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from approvals.selectors.records.export import scope_of
from approvals.services.export import export_told
from approvals.tasks.export_write import export_write
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.wire.errors import PortalError


class Command(BaseCommand):
    help = (
        "Write the decision log, signatures, keys and a verifier into one zip; the same log, the same bytes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
        parser.add_argument(
            "--from", default="", metavar="T", help="first moment, ISO 8601, UTC without a zone"
        )
        parser.add_argument("--to", default="", metavar="T", help="the moment before which it ends")
        parser.add_argument("--model", default="", metavar="NAME", help="short name of a model")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        part = out.with_name(f".{out.name}.part")
        try:
            scope = scope_of(options)
            made = export_write(scope, part)
            part.replace(out)
        except PortalError as error:
            raise CommandError(error.sentence) from None
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(why)s.") % {"file": out, "why": error.strerror}
            ) from None
        finally:
            part.unlink(missing_ok=True)
        size = out.stat().st_size
        export_told(actor=SYSTEM, scope=scope, digest=made.digest, events=made.events, size=size)
        summary = {"file": str(out), "sha256": made.digest, "events": made.events, "size": size}
        if options["json"]:
            self.stdout.write(json.dumps({**summary, "filter": scope.told()}))
        else:
            self.stdout.write(_("%(events)s events in %(file)s, SHA-256 %(sha256)s.") % summary)
