"""The first site and its administrator, on an empty portal."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from mlops_portal.foundation.plant.services.founding import site_found
from mlops_portal.foundation.plant.services.inviting import HOW
from mlops_portal.foundation.wire.errors import PortalError


class Command(BaseCommand):
    help = "Makes a site and its first administrator; the password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the site's name, for example 'Lindau works'")
        parser.add_argument("--time-zone", default="UTC", help="for example Europe/Berlin")
        parser.add_argument("--username", required=True, help="how the administrator signs in")
        parser.add_argument("--person", required=True, help="the administrator's printed name")
        parser.add_argument("--email", default="")
        parser.add_argument("--language", default="en")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            site, person = site_found(
                name=options["name"],
                slug=slugify(options["name"]),
                time_zone=options["time_zone"],
                username=options["username"],
                person_name=options["person"],
                password=password,
                language=options["language"],
                email=options["email"],
            )
        except PortalError as error:
            raise CommandError(error.sentence) from None
        if options["json"]:
            self.stdout.write(json.dumps({"site": site.slug, "person": str(person.pk)}))
        else:
            self.stdout.write(f"{site.name} stands; {person.name} can sign in as {person.username}.")
            self.stdout.write(f"Models are brought by an ML engineer; add one: {HOW}")
