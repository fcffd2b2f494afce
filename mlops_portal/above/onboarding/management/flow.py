"""Onboarding in one process, step by step: each is done where it was not done yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from labeling.services.runs import run_propose, run_start, step_retry
from labeling.tasks.training import steps_do
from labeling.transitions import RunState, RunStepName, StepState, Trigger
from mlops_portal.above.onboarding.errors import Blocked, FileUnfit, NameUsed
from mlops_portal.above.onboarding.management.founding import Ground
from mlops_portal.above.onboarding.management.meanings import blocked_sentence
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.rules.column_choices import Role, slug_of
from mlops_portal.above.onboarding.rules.columns import column_named
from mlops_portal.above.onboarding.rules.questions import CHECKED_LATE
from mlops_portal.above.onboarding.selectors import onboardings_all
from mlops_portal.above.onboarding.services.checking import check_ask
from mlops_portal.above.onboarding.services.describing import onboarding_describe
from mlops_portal.above.onboarding.services.files import CHUNK, file_drop
from mlops_portal.above.onboarding.services.receiving import onboarding_create
from mlops_portal.above.onboarding.services.taking import onboarding_agree
from mlops_portal.above.onboarding.services.undoing import onboarding_undo
from mlops_portal.above.onboarding.tasks.checking import check_do
from mlops_portal.above.onboarding.tasks.reading import read_do
from mlops_portal.above.onboarding.tasks.taking import take_do
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.selectors.guesses import answers_checked, questions_in, said
from mlops_portal.foundation.wire.errors import Invalid

S = OnboardingState
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said on the command line."""

    name: str
    data: Path
    target: str
    time: str = ""
    part: str = ""
    line: str = ""
    template: str = ""
    normal: Sequence[str] = ()
    defect: Sequence[str] = ()
    low: float | None = None
    high: float | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    meanings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    accept: bool = False


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces. Raises FileUnfit."""
    if not path.is_file():
        raise FileUnfit(_("There is no file %(path)s; check how it is written.") % {"path": path})
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def known_for(name: str) -> Onboarding | None:
    """The onboarding of that name that was not undone."""
    onboardings = onboardings_all().exclude(state=S.UNDONE)
    return (
        onboardings.filter(name__iexact=name.strip()).first()
        or onboardings.filter(slug=slug_of(name)).first()
    )


def same_file(name: str, digest: str) -> Onboarding | None:
    """The onboarding of that name and file. Raises NameUsed where the name has another file, or a model."""
    known = known_for(name)
    if known is None:
        if RegisteredModel.objects.filter(slug=slug_of(name), retired_at=None).exists():
            raise NameUsed(
                _("There is a model %(name)s already, which did not come of a table; choose another name.")
                % {"name": name}
            )
        return None
    if known.file_digest != digest:
        raise NameUsed(
            _(
                "%(name)s was brought with another file, %(file)s. Choose another name; or undo it on its "
                "page, or with --undo, and bring this file in its place."
            )
            % {"name": known.name, "file": known.file_name}
        )
    return known


def prepared(wanted: Wanted, ground: Ground, known: Onboarding | None, say: Say) -> Onboarding:
    """From a file to a table that was agreed to. What stops it leaves nothing behind."""
    one = known or _received(wanted, ground)
    path = one.file_path
    try:
        return _described(one, wanted, ground.by, say)
    except Invalid:
        onboarding_undo(by=ground.by, onboarding=_fresh(one))
        file_drop(path)  # at once: the transaction around it may be taken back
        raise


def finished(one: Onboarding, by: Person, say: Say, *, per_class: int) -> Onboarding:
    """From there to a candidate; what was done stays, so that it can go on."""
    if one.state == S.STARTING:
        say(_("Storing the table and making the model."))
        take_do(str(one.pk), here=True, per_class=per_class)
        one = _fresh(one)
        if one.state != S.TAKEN:
            raise Invalid(one.error)
    _trained(one, by, say)
    return _fresh(one)


def _fresh(one: Onboarding) -> Onboarding:
    return onboardings_all().get(pk=one.pk)


def _received(wanted: Wanted, ground: Ground) -> Onboarding:
    with wanted.data.open("rb") as opened:
        return onboarding_create(
            by=ground.by,
            site=ground.site,
            name=wanted.name,
            file=File(opened, name=wanted.data.name),
            file_name=wanted.data.name,
            asset_type=ground.asset_type,
            asked={
                "target": wanted.target,
                "time": wanted.time,
                "part": wanted.part,
                "line": wanted.line,
                "template": wanted.template,
            },
            answers=wanted.answers,
            accept=wanted.accept,
            here=True,
        )


def _described(one: Onboarding, wanted: Wanted, by: Person, say: Say) -> Onboarding:
    """Read, corrected as the command line says, checked, and agreed to. Raises Invalid, Blocked."""
    if one.state == S.RECEIVED:
        say(_("Reading %(file)s.") % {"file": one.file_name})
        read_do(str(one.pk))
        one = _fresh(one)
        if one.state == S.UNREADABLE:
            raise Invalid(one.error)
        late = {key: value for key, value in wanted.answers.items() if key.partition(":")[0] in CHECKED_LATE}
        early = {key: value for key, value in wanted.answers.items() if key not in late}
        answers_checked(questions_in(one.preview["guesses"]), early)
        for guess in one.preview["guesses"]:
            say(f"  {said(guess)}")
    if one.state in (S.DRAFT, S.CHECKED):
        one = _corrected(one, wanted, by)
    if one.state == S.DRAFT:
        check_ask(by=by, onboarding=one, here=True)
    if one.state == S.CHECKING:
        say(_("Looking through %(rows)d rows.") % {"rows": one.rows})
        check_do(str(one.pk))
        one = _fresh(one)
    if one.state == S.DRAFT:
        raise Invalid(one.error)
    if one.state == S.CHECKED:
        if one.blocking:
            raise Blocked(blocked_sentence(one.problems))
        onboarding_agree(by=by, onboarding=one, here=True)
    return one


def _corrected(one: Onboarding, wanted: Wanted, by: Person) -> Onboarding:
    columns = one.schema["columns"]
    changes: dict[str, dict[str, Any]] = {}
    for name, unit in wanted.units.items():
        changes.setdefault(column_named(columns, name)["name"], {})["unit"] = unit
    for name in wanted.ignore:
        changes.setdefault(column_named(columns, name)["name"], {})["role"] = Role.IGNORE.value
    for name, meant in wanted.meanings.items():
        changes.setdefault(column_named(columns, name)["name"], {}).update(meant)
    limits = None
    if wanted.low is not None or wanted.high is not None:
        limits = {"low": wanted.low, "high": wanted.high}
    return onboarding_describe(
        by=by,
        onboarding=one,
        columns=changes,
        normal=wanted.normal,
        defect=wanted.defect,
        limits=limits,
    )


def _trained(one: Onboarding, by: Person, say: Say) -> None:
    """The first version: the run goes on where it stopped, and begins anew where it was cancelled."""
    run = one.run
    assert run is not None
    if run.state == RunState.CANDIDATE:
        return
    say(_("Training the first version."))
    if run.state == RunState.CANCELLED:
        run = run_propose(by=by, model=run.model, trigger=Trigger.MANUAL, reason=run.reason)
        Onboarding.objects.filter(pk=one.pk).update(run=run)
    if run.state == RunState.PROPOSED:
        run_start(by=by, run=run, here=True)
    if run.state == RunState.FAILED:
        failed = run.steps.filter(state=StepState.FAILED).first()
        assert failed is not None
        step_retry(by=by, run=run, name=RunStepName(failed.name))
    steps_do(run.pk, again=True)
    run.refresh_from_db()
    if run.state != RunState.CANDIDATE:
        raise Invalid(run.error or _("The training did not come to its end; run this again to go on."))
