"""What the pages of one onboarding share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import STEPS, onboarding_of, reachable, step_of, undo_verdict
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.pages.signed_in import person_of

LABELS: dict[str, str | Promise] = {
    "table": _("Table"),
    "target": _("Target"),
    "problems": _("Problems"),
    "training": _("Training"),
    "golden": _("Golden samples"),
    "version": _("First version"),
}


def found(request: HttpRequest, pk: UUID) -> Onboarding:
    return onboarding_of(person_of(request), pk)


def address(onboarding: Onboarding, step: str) -> str:
    return reverse(f"onboarding_{step}", args=[onboarding.pk])


def context_of(request: HttpRequest, onboarding: Onboarding, step: str) -> dict[str, Any]:
    """The head of a page, and what can be done with the onboarding."""
    by = person_of(request)
    open_steps, stands = reachable(onboarding), STEPS.index(step_of(onboarding))
    may = by.may("model.onboard", site=onboarding.site)
    steps = [
        {
            "number": number + 2,  # the upload was the first
            "label": LABELS[key],
            "url": address(onboarding, key) if key in open_steps and (may or key == "golden") else "",
            "done": number < stands,
            "current": key == step,
        }
        for number, key in enumerate(STEPS)
    ]
    return {
        "onboarding": onboarding,
        "steps": steps,
        "step": step,
        "page": address(onboarding, step),
        "job": job_at_work(onboarding, by),
        "may": may,
        "undo": undo_verdict(by, onboarding),
    }


def job_at_work(onboarding: Onboarding, by: Person) -> dict[str, Any] | None:
    """The worker's job: how far it is, and whether it is over without having moved the onboarding."""
    job = onboarding.job
    if job is None:
        return None
    return {
        "topic": job.topic,
        "title": job.title,
        "done": job.done if job.state == Job.State.RUNNING else None,
        "total": job.total,
        "page": reverse("job", args=[job.pk]) if job.by_id == by.pk else "",
        "lost": job.state in (Job.State.FAILED, Job.State.CANCELLED),
    }


def led_on(url: str) -> HttpResponse:
    """A part of a page whose work is over takes the browser to the next page."""
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer
