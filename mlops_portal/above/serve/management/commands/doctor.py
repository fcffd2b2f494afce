"""What is missing or wrong on this host."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mlops_portal.above.serve.doctor.finding import State, told, worst
from mlops_portal.above.serve.doctor.parts import PARTS, look

SIGNS = {State.GOOD: "ok", State.CAUTION: "look", State.BAD: "BAD"}


class Command(BaseCommand):
    help = (
        "Say what is missing or wrong on this host, and how to mend it. Exits with 1 where something is bad."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = look()
        if options["json"]:
            self.stdout.write(json.dumps(told(findings), ensure_ascii=False))
        else:
            for one in findings:
                self.stdout.write(f"{SIGNS[one.state]:<5} {PARTS[one.part]}: {one.says} {one.mend}".rstrip())
        if worst(findings) == State.BAD:
            sys.exit(1)
