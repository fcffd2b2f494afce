"""What the worker writes while a run is under way; each is a claim, so that a second worker stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.errors import WrongRunState
from labeling.models import RetrainRun, RunStep, TrainingManifest
from labeling.selectors.rows import Usable
from labeling.services.runs import run_changed
from labeling.transitions import AFTERWARDS, RunState, RunStepName, StepState
from mlops_portal.foundation.ledger.refs import SYSTEM, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.registry.models import Artifact, ModelVersion
from mlops_portal.foundation.registry.services import version_add
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.wire import manifest

LABELS_IN_EVENT = 250  # an event has 65,535 bytes at most; the manifest itself names every label


def step_claim(*, run: RetrainRun, name: RunStepName, again: bool = False) -> bool:
    """Whether this worker may do the step now; ``again``: also one that a dead worker left running, for the
    one who has the run's job."""
    states = [StepState.WAITING, *([StepState.RUNNING] if again else [])]
    with transaction.atomic():
        mine = RunStep.objects.filter(run=run, name=name, state__in=states).update(
            state=StepState.RUNNING, started_at=timezone.now(), finished_at=None, output=""
        )
        run_changed(run)
    return mine == 1


def step_done(*, run: RetrainRun, name: RunStepName, result: Mapping[str, Any]) -> None:
    _step_ends(run, name, state=StepState.DONE, result=dict(result))


def step_fail(*, run: RetrainRun, name: RunStepName, sentence: str) -> None:
    _step_ends(run, name, state=StepState.FAILED, output=sentence[:400])


def _step_ends(run: RetrainRun, name: RunStepName, **values: Any) -> None:
    with transaction.atomic():
        RunStep.objects.filter(run=run, name=name, state=StepState.RUNNING).update(
            finished_at=timezone.now(), **values
        )
        run_changed(run)


def step_release(*, step: RunStep) -> bool:
    """Let a failed step wait again without a person; False where somebody was first."""
    waiting = {"state": StepState.WAITING, "started_at": None, "finished_at": None}
    return RunStep.objects.filter(pk=step.pk, state=StepState.FAILED).update(**waiting) == 1


def run_fail(*, run: RetrainRun, name: RunStepName, sentence: str) -> None:
    """The step failed, and with it the run; what was done before stays and is not done again."""
    now = timezone.now()
    with transaction.atomic():
        step_fail(run=run, name=name, sentence=sentence)
        if not RetrainRun.objects.filter(pk=run.pk, state=RunState.STARTED).update(
            state=RunState.FAILED, error=sentence[:400], finished_at=now
        ):
            return
        event_record(
            type="labeling.run.failed",
            actor=SYSTEM,
            subjects=[run.ref(), run.model.ref("of")],
            public={"name": run.model.name, "step": name.value},
            at=now,
        )
        _tell(run, gettext_noop("Retraining {model} failed; the step can be tried again."))


def run_give_up(*, job: Job, sentence: str) -> None:
    """The job of a run lost its worker too often: the step it stood at fails, and can be tried again."""
    step = RunStep.objects.select_related("run__model").filter(run=job.kwargs["run_id"])
    stood = step.filter(state__in=(StepState.RUNNING, StepState.WAITING)).order_by("order").first()
    if stood is None or not step_claim(run=stood.run, name=RunStepName(stood.name), again=True):
        return
    end = step_fail if stood.name in AFTERWARDS else run_fail
    end(run=stood.run, name=RunStepName(stood.name), sentence=sentence)


def manifest_freeze(
    *,
    run: RetrainRun,
    body: bytes,
    digest: str,
    rows: Sequence[Usable],
    dataset: Ref,
) -> TrainingManifest:
    """Keep exactly what the run trains on; the event names the labels, and so the people who taught it."""
    tally = manifest.tally(one.row for one in rows)
    labels = [one.label for one in rows if one.label is not None]
    with transaction.atomic():
        kept, _made = TrainingManifest.objects.get_or_create(
            digest=digest,
            defaults={
                "model": run.model,
                "body": body.decode(),
                "rows": len(rows),
                "per_asset": tally["asset"],
                "per_person": tally["person"],
                "per_source": tally["source"],
                "created_at": timezone.now(),
            },
        )
        RetrainRun.objects.filter(pk=run.pk).update(manifest=kept)
        event_record(
            type="labeling.manifest.frozen",
            actor=SYSTEM,
            subjects=[
                kept.ref(),
                run.ref("for"),
                run.model.ref("of"),
                dataset,
                *[label.ref("contains") for label in labels[:LABELS_IN_EVENT]],
            ],
            public={
                "name": run.model.name,
                "rows": len(rows),
                "labels": len(labels),
                "per_source": tally["source"],
            },
        )
    run.manifest = kept
    return kept


def candidate_register(
    *,
    run: RetrainRun,
    artifact: Artifact,
    store: Artifact,
    pipeline: str,
    reference: Mapping[str, Any],
    measures: Mapping[str, Any],
    parity: Mapping[str, Any],
    parent: ModelVersion | None,
) -> ModelVersion:
    """Add the run's version and end the run, together. Raises WrongRunState where it was cancelled."""
    now = timezone.now()
    with transaction.atomic():
        version = version_add(
            trained_by=run.started_by,
            model=run.model,
            artifact=artifact,
            store=store,
            pipeline=pipeline,
            manifest_digest=run.manifest_id or "",
            reference=reference,
            measures=measures,
            parity=parity,
            parent=parent,
        )
        if not RetrainRun.objects.filter(pk=run.pk, state=RunState.STARTED).update(
            state=RunState.CANDIDATE, candidate=version, finished_at=now
        ):
            raise WrongRunState(_("The run was cancelled; its version was not kept."))
        event_record(
            type="labeling.run.finished",
            actor=SYSTEM,
            subjects=[run.ref(), version.ref("gave"), run.model.ref("of")],
            public={"name": run.model.name, "number": version.number},
            at=now,
        )
        _tell(run, gettext_noop("Retraining {model} gave version {number}."), number=version.number)
        run_changed(run)
    return version


def _tell(run: RetrainRun, message: str, **params: int) -> None:
    people = [person for person in (run.started_by, run.asked_by) if person is not None]
    notify(
        to=people,
        kind="run.over",
        message=message,
        url=reverse("run", args=[run.pk]),
        model=run.model.name,
        **params,
    )
