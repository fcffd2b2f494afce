"""A plant's table in, a first version trained and proposed."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.management import golden, meanings
from mlops_portal.above.onboarding.management.flow import (
    Wanted,
    digest_of,
    finished,
    known_for,
    prepared,
    same_file,
)
from mlops_portal.above.onboarding.management.founding import Ground, ground_for, judge_for
from mlops_portal.above.onboarding.management.report import lines_of, result_of
from mlops_portal.above.onboarding.management.stated import demand_same
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import version_of
from mlops_portal.above.onboarding.services.receiving import TEMPLATES
from mlops_portal.above.onboarding.services.undoing import onboarding_undo
from mlops_portal.above.onboarding.tasks.taking import PER_CLASS
from mlops_portal.foundation.plant.models import Person, Site
from mlops_portal.foundation.registry.compute.tables.read import preview
from mlops_portal.foundation.registry.management import answering
from mlops_portal.foundation.shell.work.unheard import unheard
from mlops_portal.foundation.wire.errors import NotFound, PortalError


class Command(BaseCommand):
    help = (
        "Reads a table of past parts (CSV, TSV or Parquet, also compressed), makes a model of it, and trains "
        "and proposes its first version. It is approved on the portal's pages like every other version."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the model's name, for example 'Weld seams'")
        parser.add_argument("--data", type=Path, help="the table")
        parser.add_argument("--target", default="", help="the column that the model learns to say")
        parser.add_argument("--time", default="", help="the column that says when a part was made")
        parser.add_argument("--part", default="", help="the column with the part's id")
        parser.add_argument("--asset", default="", help="the column that names the machine of each row")
        parser.add_argument("--line", default="", help="the plant's line; or the column that names it")
        parser.add_argument(
            "--asset-type", default="", help="the kind of machine; as the model where not said"
        )
        parser.add_argument("--machine", default="", help="a machine of that kind; made where there is none")
        parser.add_argument(
            "--normal", nargs="+", default=[], metavar="VALUE", help="values that are no defect"
        )
        parser.add_argument(
            "--defect", nargs="+", default=[], metavar="VALUE", help="values that are defects"
        )
        parser.add_argument("--low", type=float, help="lower limit of a measured target")
        parser.add_argument("--high", type=float, help="upper limit of a measured target")
        parser.add_argument("--unit", action="append", default=[], metavar="COL=UNIT", help="may be repeated")
        parser.add_argument("--ignore", nargs="+", default=[], metavar="COL", help="columns to leave out")
        parser.add_argument(
            "--template",
            default="",
            choices=[one for one in TEMPLATES if one],
            help="what columns are called",
        )
        meanings.add_arguments(parser)
        parser.add_argument("--as", dest="username", default="", metavar="USERNAME", help="in whose name")
        parser.add_argument(
            "--golden",
            type=int,
            default=0,
            metavar="N",
            help="draw N parts of each class, before the training, as golden samples in the name of "
            "--golden-as or --as",
        )
        parser.add_argument(
            "--golden-as", default="", metavar="USERNAME", help="somebody who may judge parts"
        )
        parser.add_argument(
            "--undo", action="store_true", help="take the onboarding of that name back instead"
        )
        answering.add_arguments(parser)
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        self.quiet = bool(options["json"])
        try:
            with unheard():
                result = self._undone(options) if options["undo"] else self._onboarded(options)
        except PortalError as error:
            raise CommandError(error.sentence) from None
        if options["json"]:
            self.stdout.write(json.dumps(result))

    def _undone(self, options: dict[str, Any]) -> dict[str, Any]:
        one = known_for(options["name"])
        if one is None:
            raise NotFound(_("Nothing of the name %(name)s can be undone.") % {"name": options["name"]})
        by = ground_by(options["username"]) or one.by
        onboarding_undo(by=by, onboarding=one)
        self._say(_("%(name)s was undone; the log keeps that it was there.") % {"name": one.name})
        return {"onboarding": str(one.pk), "state": one.state}

    def _onboarded(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["data"] is None or not options["target"]:
            raise CommandError("Name the table with --data and the column to learn with --target.")
        digest = digest_of(options["data"])
        known = same_file(options["name"], digest)
        wanted, line = _wanted(options)
        if known is not None and known.schema:
            demand_same(known, wanted)
        if known is not None and version_of(known) is not None and not options["golden"]:
            self._say(_("%(name)s was made of this file before; nothing was changed.") % {"name": known.name})
            return self._reported(known, Ground(known.by, known.site, known.asset_type), changed=False)  # type: ignore[arg-type]  # a model has one
        # on an empty portal a table that is no good must not leave a plant behind
        with nullcontext() if Site.objects.exists() else transaction.atomic():
            ground = ground_for(
                name=options["name"],
                username=options["username"],
                line=line,
                kind=options["asset_type"],
                machine=options["machine"],
            )
            judge = self._judge(ground, options) if options["golden"] else None
            onboarding = prepared(wanted, ground, known, self._say)
        self._introduce(ground)
        onboarding = finished(onboarding, ground.by, self._say, per_class=options["golden"] or PER_CLASS)
        if judge is not None:
            self._golden(onboarding, judge)
        return self._reported(onboarding, ground, changed=True)

    def _introduce(self, ground: Ground) -> None:
        """What was made, and the sign-ins: on the terminal in any case, they are shown only this once."""
        for made in ground.made:
            self._say(_("Made: %(what)s.") % {"what": made})
        out = self.stderr if self.quiet else self.stdout
        for one in ground.sign_ins:
            out.write(
                _("Sign in as %(username)s (%(role)s) with %(password)s; it is shown once, change it.") % one
            )

    def _judge(self, ground: Ground, options: dict[str, Any]) -> Person:
        return judge_for(site=ground.site, username=options["golden_as"], by=ground.by)

    def _golden(self, onboarding: Onboarding, judge: Person) -> None:
        count = golden.confirmed(onboarding, judge)
        self._say(
            _(
                "%(count)d golden samples were made in the name of %(person)s, who vouches for their truth; "
                "nobody looked at them one by one."
            )
            % {"count": count, "person": judge}
        )

    def _reported(self, one: Onboarding, ground: Ground, *, changed: bool) -> dict[str, Any]:
        result = result_of(one, changed=changed, made=ground.made, sign_ins=ground.sign_ins)
        for line in lines_of(result):
            self._say(line)
        return result

    def _say(self, line: str) -> None:
        if not self.quiet:
            self.stdout.write(line)


def ground_by(username: str) -> Person | None:
    """Somebody by user name; None where nobody was named. Raises NotFound."""
    if not username:
        return None
    person = Person.objects.filter(username__iexact=username, is_active=True).first()
    if person is None:
        raise NotFound(_("There is nobody with the user name %(name)s.") % {"name": username})
    return person


def _wanted(options: dict[str, Any]) -> tuple[Wanted, str]:
    """What is wanted of the table, and the plant's line: --line may name either a line or a column."""
    units = {}
    for one in options["unit"]:
        name, sign, unit = one.rpartition("=")
        if not sign:
            raise CommandError(f"--unit {one} is not COLUMN=UNIT.")
        units[name] = unit
    column, line = options["asset"], options["line"]
    if line and not column and line in preview(options["data"], rows=1).names:
        column, line = line, ""
    answers = answering.said(options)
    wanted = Wanted(
        name=options["name"],
        data=options["data"],
        target=options["target"],
        time=options["time"],
        part=options["part"],
        line=column,
        template=options["template"],
        normal=options["normal"],
        defect=options["defect"],
        low=options["low"],
        high=options["high"],
        units=units,
        ignore=options["ignore"],
        meanings=meanings.said(options),
        answers=answers["answers"],
        accept=answers["accept"],
    )
    return wanted, line
