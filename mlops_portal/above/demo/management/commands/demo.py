"""Load the demo plant."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mlops_portal.above.demo.accounts import ACCOUNTS, PASSWORD
from mlops_portal.above.demo.load import load_plant
from mlops_portal.above.demo.management.bootstrap import load_releases
from mlops_portal.above.demo.management.learning import load_models
from mlops_portal.above.demo.management.measures import load_measures
from mlops_portal.foundation.wire.errors import PortalError


class Command(BaseCommand):
    help = "Loads the demo plant; what is there already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plant-only", action="store_true", help="people and machines, no models")
        parser.add_argument("--json", action="store_true", help="print the sign-ins as JSON")

    def handle(self, **options: Any) -> None:
        try:
            load_plant()
            if not options["plant_only"]:
                load_models()
                load_releases()
                load_measures()
        except PortalError as error:
            raise CommandError(error.sentence) from None
        sign_ins = [
            {
                "username": one.username,
                "password": PASSWORD,
                "name": one.name,
                "role": str(one.role.label),
                "line": one.line,
            }
            for one in ACCOUNTS
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"sign_ins": sign_ins}))
            return
        for one in sign_ins:
            self.stdout.write(
                f"{one['username']:<8}{one['password']:<22}{one['name']:<16}{one['role']}  {one['line']}"
            )
