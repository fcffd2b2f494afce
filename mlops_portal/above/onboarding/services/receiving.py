"""A table comes in, and a worker reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import NameUsed, SchemaUnfit, WrongState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import onboard_verdict
from mlops_portal.above.onboarding.rules.column_choices import slug_of
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.services.files import Kept, file_drop, file_keep
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.plant.models import AssetType, Person, Site
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.selectors.guesses import ZONE, answers_checked
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire.errors import Invalid

S = OnboardingState
ASKED = ("target", "time", "part", "line", "template")
TEMPLATES = ("", "additive")


def onboarding_create(
    *,
    by: Person,
    site: Site,
    name: str,
    file: File[bytes],
    file_name: str,
    asset_type: AssetType | None = None,
    type_name: str = "",
    asked: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    accept: bool = False,
    here: bool = False,
) -> Onboarding:
    """Keep the file and let a worker read it; with ``here`` the caller (a command) reads it itself.

    ``asked`` names columns of the file: "target", "time", "part", "line", and a "template" of
    ``TEMPLATES``. ``answers``: to what the reader may ask, by key (``zone``: of times without one); with
    ``accept`` every guess is taken. Raises NameUsed, FileUnfit, Invalid; the file is gone again then.
    """
    guard(by, "model.onboard", site=site)
    name = name.strip()[:120]
    wanted = {key: str((asked or {}).get(key) or "").strip() for key in ASKED}
    answers_given = dict(answers or {})
    answers_checked([], {key: value for key, value in answers_given.items() if key == ZONE})
    if wanted["template"] not in TEMPLATES:
        raise Invalid(_("There is no template “%(name)s”.") % {"name": wanted["template"]})
    twice = [key for key in ("time", "part", "line") if wanted[key] and wanted[key] == wanted["target"]]
    if twice:
        raise Invalid(
            _("“%(name)s” is named as the target and as something else; a column is one of them.")
            % {"name": wanted["target"]}
        )
    if asset_type is None and not type_name.strip():
        raise Invalid(_("Say for which kind of machine the model is."))
    slug = slug_free(name)
    stored = file_keep(file, file_name)
    now = timezone.now()
    try:
        with transaction.atomic():
            made = Onboarding.objects.create(
                name=name,
                slug=slug,
                site=site,
                asset_type=asset_type,
                type_name="" if asset_type else type_name.strip()[:80],
                asked={**wanted, "answers": answers_given, "accept": accept},
                **_columns(stored),
                by=by,
                created_at=now,
                changed_at=now,
            )
            told("onboarding.file.received", made, actor=by.actor, about=[site.ref("at")], **_public(stored))
            if not here:
                _read(by, made)
    except IntegrityError:
        file_drop(stored.path)
        raise NameUsed(
            _("Somebody is bringing a table for %(name)s already; go on there, or choose another name.")
            % {"name": name}
        ) from None
    return made


def _columns(stored: Kept) -> dict[str, Any]:
    return {
        "file_path": stored.path,
        "file_name": stored.name,
        "file_size": stored.size,
        "file_digest": stored.digest,
    }


def _public(stored: Kept) -> dict[str, Any]:
    return {"file": stored.name, "size": stored.size, "sha256": stored.digest}


def _read(by: Person, onboarding: Onboarding) -> None:
    title = _("Read the table for %(name)s") % {"name": onboarding.name}
    job = enqueue("onboarding.read", by=by, title=title, job=True, onboarding_id=str(onboarding.pk))
    Onboarding.objects.filter(pk=onboarding.pk).update(job=job)


def slug_free(name: str) -> str:
    """The short name for a model called ``name``; one whose onboarding was undone keeps its own.

    Raises NameUsed where a model in use, or an onboarding under way, has the name; Invalid for no name.
    """
    base, number = slug_of(name), 1
    if not base:
        raise Invalid(_("Give the model a name with letters or digits."))
    while True:
        slug = base if number == 1 else f"{base}-{number}"
        known = Onboarding.objects.filter(slug=slug)
        if known.exclude(state__in=(S.UNDONE, S.TAKEN)).exists():
            raise NameUsed(
                _("Somebody is bringing a table for %(name)s already; go on there, or choose another name.")
                % {"name": name}
            )
        if not RegisteredModel.objects.filter(slug=slug).exists():
            return slug
        if not known.filter(state=S.UNDONE).exists() or known.filter(state=S.TAKEN).exists():
            raise NameUsed(_("There is a model %(name)s already; choose another name.") % {"name": name})
        number += 1


def file_replace(
    *, by: Person, onboarding: Onboarding, file: File[bytes], file_name: str, here: bool = False
) -> Onboarding:
    """Another file in place of one that could not be read, or that is not the right one.

    What was said of the table is forgotten. Raises WrongState once the model was made.
    """
    demand(onboard_verdict(by, onboarding))
    old = onboarding.file_path
    states = (S.RECEIVED, S.UNREADABLE, S.DRAFT, S.CHECKED)
    if onboarding.state not in states:
        raise WrongState(_("The table of %(name)s cannot be replaced any more.") % {"name": onboarding.name})
    stored = file_keep(file, file_name)
    blank: dict[str, Any] = {
        "preview": {},
        "facts": {},
        "schema": {},
        "plan": {},
        "problems": [],
        "error": "",
    }
    try:
        with transaction.atomic():
            claim(onboarding, states, S.RECEIVED, **_columns(stored), **blank, rows=0)
            told("onboarding.file.received", onboarding, actor=by.actor, **_public(stored))
            if not here:
                _read(by, onboarding)
            transaction.on_commit(lambda: file_drop(old), robust=True)
    except WrongState:
        file_drop(stored.path)
        raise
    return onboarding


def table_read(
    *,
    onboarding: Onboarding,
    rows: int,
    preview: Mapping[str, Any],
    facts: Mapping[str, Any],
    columns: list[dict[str, Any]],
    notes: list[dict[str, Any]],
    plan: Mapping[str, Any],
) -> None:
    """A worker read the table: this is what it holds, and what it seems to mean."""
    if not columns:
        raise SchemaUnfit(_("The table has no columns."))
    with transaction.atomic():
        claim(
            onboarding,
            S.RECEIVED,
            S.DRAFT,
            rows=rows,
            preview=dict(preview),
            facts=dict(facts),
            schema={"columns": columns, "notes": notes, "corrected": onboarding.schema.get("corrected", {})},
            plan=dict(plan),
            problems=[],
            error="",
        )
        told("onboarding.file.read", onboarding, rows=rows, columns=len(columns))


def table_refused(*, onboarding: Onboarding, sentence: str) -> None:
    """The file is no table that can be read; the file goes, the sentence stays."""
    old = onboarding.file_path
    with transaction.atomic():
        claim(onboarding, S.RECEIVED, S.UNREADABLE, error=sentence[:400], file_path="")
        told("onboarding.file.refused", onboarding, reason=sentence[:400])
        transaction.on_commit(lambda: file_drop(old), robust=True)
