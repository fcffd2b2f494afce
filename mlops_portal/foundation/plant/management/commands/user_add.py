"""A person with a role, from the terminal: the same invitation and the same events as on the page People."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Line, Person, Site
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.inviting import administrator_of, person_add
from mlops_portal.foundation.wire.errors import NotFound, PortalError


class Command(BaseCommand):
    help = (
        "Adds a person with a role, or gives the role to one who is here; in the name of the site's "
        "administrator. The password of a new person is asked for, or read from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="how the person signs in")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="", help="the printed name of a new person")
        parser.add_argument("--email", default="")
        parser.add_argument("--language", default="en")
        parser.add_argument("--site", default="", help="the site's short name, where there are several")
        parser.add_argument("--line", default="", help="the line's short name; the whole site where not said")
        parser.add_argument("--as", dest="administrator", default="", metavar="USERNAME",
                            help="in which administrator's name, where there are several")  # fmt: skip
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        try:
            site = _site(options["site"])
            line = _line(site, options["line"])
            by = administrator_of(site=site, username=options["administrator"])
            known = Person.objects.filter(username__iexact=options["username"]).exists()
            person = person_add(
                by=by,
                username=options["username"],
                name=options["name"],
                email=options["email"],
                language=options["language"],
                password="" if known else _password(),
                role=Role(options["role"]),
                site=site,
                line=line,
            )
        except PortalError as error:
            raise CommandError(error.sentence) from None
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {"person": str(person.pk), "role": options["role"], "site": site.slug, "new": not known}
                )
            )
            return
        facts = {"person": person, "role": Role(options["role"]).label, "place": line or site, "by": by}
        self.stdout.write(_("%(person)s is %(role)s of %(place)s now, in the name of %(by)s.") % facts)


def _password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _site(slug: str) -> Site:
    sites = Site.objects.filter(slug=slug) if slug else Site.objects.all()
    first_two = list(sites.order_by("slug")[:2])
    if len(first_two) == 1:
        return first_two[0]
    names = ", ".join(Site.objects.order_by("slug").values_list("slug", flat=True))
    if not names:
        raise NotFound(_("There is no site yet; make one: python manage.py site_found --help"))
    raise NotFound(_("Say with --site which site is meant: %(names)s.") % {"names": names})


def _line(site: Site, slug: str) -> Line | None:
    if not slug:
        return None
    line = Line.objects.filter(site=site, slug=slug).first()
    if line is None:
        names = ", ".join(Line.objects.filter(site=site).order_by("slug").values_list("slug", flat=True))
        raise NotFound(_("%(site)s has no line %(line)s, only: %(names)s.") % {
            "site": site, "line": slug, "names": names or "–",
        })  # fmt: skip
    return line
