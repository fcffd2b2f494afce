"""A model that was trained elsewhere, through the same gates."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.services.runs import run_cancel
from labeling.tasks.importing import bring_in
from mlops_portal.above.onboarding.errors import NameUsed
from mlops_portal.above.onboarding.management import meanings
from mlops_portal.above.onboarding.management.flow import Wanted, digest_of, known_for, prepared, same_file
from mlops_portal.above.onboarding.management.founding import Ground, ground_for
from mlops_portal.above.onboarding.management.report import measured_lines
from mlops_portal.above.onboarding.management.stated import demand_same
from mlops_portal.above.onboarding.selectors import onboardings_all
from mlops_portal.above.onboarding.tasks.taking import take_do
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.people import people_who_may
from mlops_portal.foundation.registry.compute.foreign.content import LARGEST
from mlops_portal.foundation.registry.management import answering
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.wire.errors import Invalid, NotFound, PortalError


class Command(BaseCommand):
    help = (
        "Takes a classifier that was trained elsewhere, as ONNX, measures it on a table of past parts and "
        "proposes it. It is approved on the portal's pages like every other version. No pickle is opened."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the model's name or short name; made of --data where there is none")
        parser.add_argument("--onnx", type=Path, required=True, help="the ONNX file")
        parser.add_argument("--data", type=Path, help="a table of past parts, for a model that is new here")
        parser.add_argument("--target", default="", help="the column that the model says")
        parser.add_argument("--time", default="", help="the column that says when a part was made")
        parser.add_argument("--part", default="", help="the column with the part's id")
        parser.add_argument("--line", default="", help="the plant's line")
        parser.add_argument("--asset-type", default="", help="the kind of machine")
        parser.add_argument(
            "--normal", nargs="+", default=[], metavar="VALUE", help="values that are no defect"
        )
        parser.add_argument(
            "--defect", nargs="+", default=[], metavar="VALUE", help="values that are defects"
        )
        parser.add_argument("--ignore", nargs="+", default=[], metavar="COL", help="columns to leave out")
        parser.add_argument(
            "--classes",
            default="",
            metavar="A,B,…",
            help="the file's classes in its order, where it names none",
        )
        meanings.add_arguments(parser)
        parser.add_argument("--as", dest="username", default="", metavar="USERNAME", help="in whose name")
        answering.add_arguments(parser)
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        try:
            data = _read(options["onnx"])
            with transaction.atomic():  # a file that is no good must not leave a model behind
                model, by, ground = self._model(options)
                version, new = bring_in(
                    by=by,
                    model=model,
                    data=data,
                    name=options["onnx"].name,
                    classes=_listed(options["classes"]),
                )
        except PortalError as error:
            raise CommandError(error.sentence) from None
        result = _result(version, new, ground)
        self._introduce(ground, quiet=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for line in _lines(version, result):
            self.stdout.write(line)

    def _model(self, options: dict[str, Any]) -> tuple[RegisteredModel, Person, Ground | None]:
        """The model of that name, else one made of the table, and who acts."""
        name = options["name"]
        known = RegisteredModel.objects.filter(retired_at=None)
        model = known.filter(slug=name).first() or known.filter(name__iexact=name.strip()).first()
        if model is not None:
            came = known_for(model.name)
            if options["data"] and (came is None or came.file_digest != digest_of(options["data"])):
                raise NameUsed(
                    _("%(name)s has past parts of its own, and a file is measured on those; leave --data "
                      "out, or choose another name.") % {"name": model.name}
                )  # fmt: skip
            if options["data"] and came is not None:
                demand_same(came, _wanted(options))
            return model, _person(options["username"]), None
        if options["data"] is None or not options["target"]:
            raise NotFound(
                _("There is no model %(name)s; name a table of past parts with --data and its column with "
                  "--target to make it.") % {"name": name}
            )  # fmt: skip
        return self._made(options)

    def _made(self, options: dict[str, Any]) -> tuple[RegisteredModel, Person, Ground]:
        known = same_file(options["name"], digest_of(options["data"]))
        ground = ground_for(
            name=options["name"],
            username=options["username"],
            line=options["line"],
            kind=options["asset_type"],
        )
        one = prepared(_wanted(options), ground, known, lambda line: None)
        take_do(str(one.pk), here=True)
        one = onboardings_all().get(pk=one.pk)
        if one.state != OnboardingState.TAKEN or one.model is None or one.run is None:
            raise Invalid(one.error)
        run_cancel(by=ground.by, run=one.run)  # the file takes the place of a first training
        return one.model, ground.by, ground

    def _introduce(self, ground: Ground | None, *, quiet: bool) -> None:
        for what in ground.made if ground and not quiet else []:
            self.stdout.write(_("Made: %(what)s.") % {"what": what})
        for one in ground.sign_ins if ground else []:
            (self.stderr if quiet else self.stdout).write(
                _("Sign in as %(username)s (%(role)s) with %(password)s; it is shown once, change it.") % one
            )


def _listed(text: str) -> list[str]:
    """Words between commas; one that holds a comma stands in quotes."""
    parts = next(csv.reader([text], skipinitialspace=True), [])
    return [one.strip() for one in parts if one.strip()]


def _wanted(options: dict[str, Any]) -> Wanted:
    """What was said of the table."""
    answers = answering.said(options)
    return Wanted(
        name=options["name"],
        data=options["data"],
        target=options["target"],
        time=options["time"],
        part=options["part"],
        normal=options["normal"],
        defect=options["defect"],
        ignore=options["ignore"],
        meanings=meanings.said(options),
        answers=answers["answers"],
        accept=answers["accept"],
    )


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound(_("There is no file %(path)s; check how it is written.") % {"path": path})
    with path.open("rb") as file:
        return file.read(LARGEST + 1)  # one more than is taken, so that it is refused


def _person(username: str) -> Person:
    """Who acts: the one named, else the only one who may. Raises NotFound, Invalid."""
    if username:
        person = Person.objects.filter(username__iexact=username, is_active=True).first()
        if person is None:
            raise NotFound(_("There is nobody with the user name %(name)s.") % {"name": username})
        return person
    able = people_who_may(action="model.onboard")
    if len(able) != 1:
        raise Invalid(_("Say with --as in whose name the model comes."))
    return able[0]


def _result(version: ModelVersion, new: bool, ground: Ground | None) -> dict[str, Any]:
    at = [version.model.slug, version.number]
    dataset = version.model.datasets.first()
    return {
        "model": version.model.slug,
        "name": version.model.name,
        "version": version.number,
        "state": version.state,
        "changed": new,
        "pipeline": version.pipeline,
        "artifact": version.artifact_id,
        "classes": version.measures["classes"],
        "split": "time" if dataset and dataset.ordered else "chance",
        "holdout": version.measures.get("holdout", {}),
        "per_class": version.measures.get("per_class", {}),
        "parity": version.parity,
        "milliseconds": version.measures["origin"]["milliseconds"],
        "made": ground.made if ground else [],
        "candidate": settings.PUBLIC_URL + reverse("candidate", args=at),
        "ask_approval": settings.PUBLIC_URL + reverse("approval_ask", args=at),
    }


def _lines(version: ModelVersion, result: dict[str, Any]) -> list[str]:
    if not result["changed"]:
        return [
            _("%(version)s came of this very file with these classes before; nothing was changed.")
            % {"version": version}
        ]
    return [
        _("%(version)s is a candidate, trained elsewhere; on which parts, nobody here knows.")
        % {"version": version},
        *measured_lines(result),
        _("One part takes %(ms)s ms.") % {"ms": result["milliseconds"]},
        _("Nobody approved it. Ask for approval: %(url)s") % {"url": result["ask_approval"]},
    ]
