"""Retrain runs as pages and the API read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import RetrainRun, RunStep
from labeling.selectors.recipes import choice_sentence, curve_sentence
from labeling.transitions import RunState, RunStepName, StepState, Trigger
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import sites_of
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.claims import between_workers
from mlops_portal.foundation.wire.errors import NotFound
from monitoring.alerts.selectors.alerts import headline
from monitoring.golden.selectors.samples import clear
from monitoring.models import Alert, GoldenCheck
from monitoring.models.alert import AlertKind

UNKNOWN = "–"
TRIGGERS = {
    AlertKind.DATA_DRIFT: Trigger.DRIFT,
    AlertKind.MODEL_DRIFT: Trigger.DEGRADATION,
    AlertKind.PROCESS_DRIFT: Trigger.PROCESS_CHANGE,
    AlertKind.BUSINESS: Trigger.DEGRADATION,
}
"""Why a run is proposed that answers an alert of each kind."""


def runs_all() -> QuerySet[RetrainRun]:
    return RetrainRun.objects.select_related(
        "model__asset_type", "asked_by", "started_by", "candidate__model", "manifest", "alert__asset"
    ).prefetch_related("steps")


def models_to_train() -> QuerySet[RegisteredModel]:
    """Models that have past parts to build on."""
    return RegisteredModel.objects.filter(datasets__isnull=False, retired_at=None).distinct().order_by("name")


def alert_to_answer(by: Person, given: str) -> Alert | None:
    """The alert about a version that a run is to answer, of a line that ``by`` sees; None where none is
    named. Raises NotFound for another one."""
    if not given:
        return None
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else 0
    lines = lines_for(person=by, action="alert.view")
    alert = (
        Alert.objects.filter(pk=number, asset__line__in=lines, version__isnull=False)
        .select_related("asset__line__site", "version__model")
        .first()
    )
    if alert is None:
        raise NotFound(_("There is no such alert about a model on your lines."))
    return alert


def first_of(alert: Alert) -> dict[str, str]:
    """What a run that answers an alert says until somebody says otherwise."""
    return {"model": alert.judged_by.model.slug, "reason": headline(alert)[:240]}


def runs_because_of(alert: Alert) -> list[RetrainRun]:
    """Newest first."""
    return list(runs_all().filter(alert=alert).order_by("-created_at"))


def run_of(version: ModelVersion) -> RetrainRun | None:
    """The run that gave the version; None where it came from elsewhere."""
    return RetrainRun.objects.filter(candidate=version).select_related("alert__asset", "model").first()


def more_labels_text(model: RegisteredModel) -> str:
    """Whether more labels pay, as the newest run that compared ways to train has it; "" where none did."""
    steps = RunStep.objects.filter(run__model=model, name=RunStepName.CHOOSE, state=StepState.DONE)
    newest = steps.order_by("-finished_at").values_list("result", flat=True).first()
    return curve_sentence(newest) if newest else ""


def run_verdict(by: Person, model: RegisteredModel) -> Verdict:
    """Whether ``by`` may propose, start and cancel runs of ``model``: on every site where it judges parts."""
    return sites_verdict(by, "run.start", sites_of(model.asset_type))


def results_of(run: RetrainRun) -> dict[str, dict[str, Any]]:
    """What the finished steps left, by the step's name."""
    return {
        step.name: step.result
        for step in RunStep.objects.filter(run=run, state=StepState.DONE).order_by("order")
    }


def golden_check_of(run: RetrainRun) -> GoldenCheck | None:
    return run.candidate.golden_checks.first() if run.candidate else None


def job_waiting(run: RetrainRun) -> Job | None:
    """The job of a run that was started and that no worker has begun yet."""
    if run.state != RunState.STARTED:
        return None
    jobs = Job.objects.filter(name="labeling.train", kwargs__run_id=run.pk)
    return jobs.filter(state=Job.State.QUEUED, started=None).first()


def is_between_workers(run: RetrainRun, *, now: datetime) -> bool:
    """Whether the run is under way, its worker is lost, and no other has begun yet."""
    jobs = Job.objects.filter(between_workers(now), name="labeling.train", kwargs__run_id=run.pk)
    return run.state == RunState.STARTED and jobs.exists()


def tracking_is_behind(run: RetrainRun) -> bool:
    """Whether the candidate stands and MLflow does not know it yet."""
    return bool(run.candidate and not run.candidate.run_id)


def step_sentence(step: RunStep, check: GoldenCheck | None = None) -> str:
    """What a step did, in the reader's language; the failure's own sentence where it failed."""
    if step.state != StepState.DONE:
        return step.output
    result = step.result
    match RunStepName(step.name):
        case RunStepName.MANIFEST:
            sentence = _("%(base)s past parts and %(new)s since; %(out)s left out.") % {
                "base": result.get("base", 0),
                "new": result.get("rows", 0),
                "out": result.get("excluded", 0),
            }
            return f"{sentence} {_apart(result['apart'])}" if result.get("apart") else sentence
        case RunStepName.CHOOSE:
            return choice_sentence(result)
        case RunStepName.TRAIN:
            return _("Trained on %(rows)s parts, %(held)s kept for measuring.") % {
                "rows": result.get("rows", 0),
                "held": result.get("held_out", 0),
            }
        case RunStepName.EXPORT:
            return _("%(size)s kB of ONNX.") % {"size": round(result.get("size", 0) / 1000)}
        case RunStepName.PARITY:
            return _("%(rows)s parts: every verdict equal, largest difference %(largest)s.") % {
                "rows": result.get("rows", 0),
                "largest": f"{result.get('largest', 0):.1e}",
            }
        case RunStepName.COMPARE:
            return _compared(result)
        case RunStepName.REGISTER:
            return _("Version %(number)s.") % {"number": result.get("number", UNKNOWN)}
    return _afterwards(step, check)


def _afterwards(step: RunStep, check: GoldenCheck | None) -> str:
    """Of a step after the candidate stood."""
    match RunStepName(step.name):
        case RunStepName.NOW:
            return _now(step.result)
        case RunStepName.GOLDEN:
            return _golden(check)
        case RunStepName.EXPLAIN:
            return _("Reasons are being compared; they appear on the candidate's page.")
        case RunStepName.TRACK:
            return _("MLflow run %(run)s.") % {"run": str(step.result.get("run_id", UNKNOWN))[:12]}
    return ""


def _apart(count: int) -> str:
    return ngettext(
        "%(count)s more is a golden sample or its like, and is never taught.",
        "%(count)s more are golden samples or their like, and are never taught.",
        count,
    ) % {"count": count}


def _compared(result: dict[str, Any]) -> str:
    value = result.get("macro_f1")
    if value is None:
        return _("No part could be held out; nothing was measured.")
    if result.get("before") is None:
        return _("F1 %(value).3f; there is no champion to compare with.") % {"value": value}
    return _("F1 %(value).3f, champion %(before).3f, on the same parts.") % {
        "value": value,
        "before": result["before"],
    }


def _now(result: dict[str, Any]) -> str:
    if result.get("case") != "measured":
        return _("No part by chance has a label since the happening, so there is no figure of now yet.")
    return ngettext(
        "Measured from %(count)s label since the happening.",
        "Measured from %(count)s labels since the happening.",
        result["labels"],
    ) % {"count": result["labels"]}


def _golden(check: GoldenCheck | None) -> str:
    if check is None:
        return _("The golden samples are being run.")
    counting = clear(check.results)
    passed, n = sum(bool(one.get("passed")) for one in counting), len(counting)
    return ngettext(
        "%(passed)s of %(n)s golden sample passed.", "%(passed)s of %(n)s golden samples passed.", n
    ) % {"passed": passed, "n": n}
