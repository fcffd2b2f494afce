"""``manage.py keys_ceremony``: the offline keys sign who may approve what on each line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.keys.repository import layout
from edge_sync.repository.published import root_version
from edge_sync.selectors.roster import LONGEST, root_digest
from edge_sync.services.ceremony import Signing, ceremony_hold, plan_all
from mlops_portal.foundation.wire.errors import PortalError
from mlops_portal.foundation.wire.words import words


class Command(BaseCommand):
    help = (
        "Sign the rosters of all lines with the offline keys: people, their passkeys, quorum and assurance. "
        "Lists what changes and asks before it signs. The first ceremony makes the root."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="sign without asking")
        parser.add_argument("--json", action="store_true", help="print one JSON object; needs --yes")
        parser.add_argument(
            "--days", type=int, default=LONGEST.days, help="how long the rosters are valid (1 to 30)"
        )
        parser.add_argument(
            "--recover", default="", metavar="REASON",
            help="a backup was restored: nodes follow the log from its newest checkpoint, whatever they saw",
        )  # fmt: skip
        parser.add_argument(
            "--offline", type=Path, metavar="FOLDER", help="where the offline keys lie; the demo's by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["json"] and not options["yes"]:
            raise CommandError(_("--json needs --yes."))
        try:
            planned = plan_all(now=now, days=options["days"], recover=options["recover"])
            if not options["json"]:
                self._tell(planned)
            if not options["yes"] and input(_("Sign this? Type yes: ")) != "yes":
                raise CommandError(_("Nothing was signed."))
            ceremony_hold(by=None, planned=planned, now=now, offline=options["offline"])
        except (PortalError, ValueError) as error:
            raise CommandError(str(error)) from None
        self._done(planned, as_json=options["json"])

    def _tell(self, planned: list[Signing]) -> None:
        for one in planned:
            head = _("%(line)s, roster %(version)s") % {"line": one.line, "version": one.version}
            self.stdout.write(self.style.MIGRATE_HEADING(head))
            for change in one.changes:
                self.stdout.write(f"  {change.text}")
            if not one.changes:
                self.stdout.write("  " + _("No change; it is valid for longer."))

    def _done(self, planned: list[Signing], *, as_json: bool) -> None:
        if as_json:
            rows = [
                {
                    "line": one.line.slug,
                    "version": one.version,
                    "digest": one.digest,
                    "words": one.words,
                    "changes": [change.text for change in one.changes],
                }
                for one in planned
            ]
            told = {"rosters": rows, "root": root_version(layout()), "root_digest": root_digest()}
            self.stdout.write(json.dumps(told))
            return
        for one in planned:
            text = _("%(line)s: roster %(version)s is signed and published (%(words)s).")
            self.stdout.write(text % {"line": one.line, "version": one.version, "words": one.words})
        self.stdout.write(_("Write on paper, for those who verify exports: the first root is"))
        self.stdout.write(f"  {root_digest()}")
        self.stdout.write(f"  {' '.join(words(root_digest()))}")
