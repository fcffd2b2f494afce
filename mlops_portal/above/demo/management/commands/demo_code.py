"""The one-time code of a demo person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mlops_portal.above.demo.codes import SECRETS, code_now


class Command(BaseCommand):
    help = "Prints the one-time code that a demo person's authenticator app would show now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", choices=sorted(SECRETS))

    def handle(self, **options: Any) -> None:
        self.stdout.write(code_now(options["username"]))
