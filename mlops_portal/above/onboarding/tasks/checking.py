"""Looking through a table as it is described, before anything of it is stored."""

from __future__ import annotations

from collections import Counter
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.above.onboarding.compute.labels import labels_of
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.rules.plain import with_role
from mlops_portal.above.onboarding.services.checking import check_stopped, table_checked
from mlops_portal.above.onboarding.tasks.frames import Progress, answers_of, frame_of, schema_of
from mlops_portal.above.onboarding.tasks.reading import fault
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Frame, Schema
from mlops_portal.foundation.registry.compute.tables.problem import Problem
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.shell.work.jobs import JobCancelled
from mlops_portal.foundation.wire.errors import PortalError

FEWEST = 5
"""Parts that a class needs, so that a model can learn it (``labeling.compute.training.fit``)."""
log = get_logger(__name__)


@shared_task(name="onboarding.check")
def check(onboarding_id: str, job_id: str) -> None:
    with jobs.running(job_id) as job:
        if job is not None:
            job.result_url = reverse("onboarding", args=[onboarding_id])
            check_do(onboarding_id, progress=job.step)


def check_do(onboarding_id: str, *, progress: Progress | None = None) -> None:
    """Check it, once; a fault leaves the description as it was, and says so."""
    onboarding = Onboarding.objects.select_related("model", "site").get(pk=onboarding_id)
    if onboarding.state != OnboardingState.CHECKING:
        return
    try:
        problems = _problems(onboarding, progress)
    except JobCancelled:
        check_stopped(onboarding=onboarding, sentence=_("The check was cancelled."))
        raise
    except PortalError as error:
        check_stopped(onboarding=onboarding, sentence=error.sentence)
        return
    except Exception:  # as in reading
        log.exception("table_not_checked", onboarding=onboarding_id)
        check_stopped(onboarding=onboarding, sentence=fault())
        return
    table_checked(onboarding=onboarding, problems=problems)


def _problems(onboarding: Onboarding, progress: Progress | None) -> list[dict[str, Any]]:
    schema = schema_of(onboarding)
    frame = frame_of(onboarding, schema=schema, progress=progress)
    first = [Problem.from_json(one) for one in onboarding.preview.get("guesses", ())]
    own = [one.to_json() for one in problems(frame, schema, answers=answers_of(onboarding), first=first)]
    return [*own, *telling(frame, schema), *class_problems(frame, onboarding)]


def telling(frame: Frame, schema: Schema) -> list[dict[str, Any]]:
    """Readings that tell the answer, as a fresh look says: a person may have chosen another target since."""
    if schema.target is None:
        return []
    again = guess(frame, target=schema.target.name)
    noted = {name for one in again.notes if one.code.startswith("leak") for name in one.columns}
    names = [one.name for one in schema.readings if one.name in noted]
    if not names:
        return []
    sentence = _(
        "%(names)s may tell the answer: they are known only when %(target)s is. Leave them out unless the "
        "machine knows them before the part is judged."
    ) % {"names": ", ".join(names), "target": schema.target.name}
    return [_problem("telling", sentence, names[0], blocking=False)]


def class_problems(frame: Frame, onboarding: Onboarding) -> list[dict[str, Any]]:
    """What the classes lack: parts, or each other."""
    target = with_role(onboarding.schema["columns"], "target")
    if target is None:
        return []
    name = target["name"]
    labels = labels_of(frame, name, onboarding.plan)
    tally = Counter(one for one in labels if one is not None)
    problems = []
    enough = [one for one in onboarding.plan["classes"] if tally[one["key"]] >= FEWEST]
    if len(enough) < 2:
        problems.append(
            _problem(
                "too-few-classes",
                _(
                    "%(column)s gives %(count)d classes with at least %(fewest)d parts, a model needs two; "
                    "choose another target, other limits, or bring more parts."
                )
                % {"column": name, "count": len(enough), "fewest": FEWEST},
                name,
            )
        )
    problems += [
        _problem(
            "rare-class",
            _("“%(words)s” has %(count)d parts; a model learns little from so few.")
            % {"words": one["words"].get("en", one["key"]), "count": tally[one["key"]]},
            name,
            blocking=False,
        )
        for one in onboarding.plan["classes"]
        if tally[one["key"]] < FEWEST
    ]
    return problems


def _problem(code: str, sentence: str, column: str, *, blocking: bool = True) -> dict[str, Any]:
    return {"code": code, "sentence": sentence, "column": column, "row": None, "blocking": blocking}
