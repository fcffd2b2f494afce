"""A person answers what the reader of a table could only guess."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import edit_verdict
from mlops_portal.above.onboarding.rules.questions import CHECKED_LATE, reread_needed
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.transitions import EDITABLE, OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.selectors.guesses import (
    answers_checked,
    guesses_taken,
    questions_in,
    settled,
)
from mlops_portal.foundation.shell.work.jobs import enqueue

S = OnboardingState


def onboarding_answer(
    *,
    by: Person,
    onboarding: Onboarding,
    answers: Mapping[str, str] | None = None,
    accept: bool = False,
    here: bool = False,
) -> Onboarding:
    """Answer questions by their keys; with ``accept`` every guess that waits is taken.

    Where an answer differs from the guess the table is read again, and what was said of its columns stays;
    with ``here`` the caller reads it itself. Raises AnswerUnfit, WrongState; answers that are known change
    nothing.
    """
    demand(edit_verdict(by, onboarding))
    questions = questions_in(onboarding.preview.get("guesses", ()), onboarding.problems)
    given = answers_checked(questions, answers or {})
    if accept:
        given = {**guesses_taken(questions), **given}
    before = onboarding.asked.get("answers", {})
    new = {key: value for key, value in given.items() if before.get(key) != value}
    if not new:
        return onboarding
    asked = {**onboarding.asked, "answers": {**before, **new}}
    with transaction.atomic():
        if reread_needed(questions, new, before):
            claim(onboarding, EDITABLE, S.RECEIVED, asked=asked, problems=[], error="")
            _work(by, onboarding, "onboarding.read", _("Read the table for %(name)s"), here=here)
        elif onboarding.state == S.CHECKED and any(key.partition(":")[0] in CHECKED_LATE for key in new):
            claim(onboarding, S.CHECKED, S.CHECKING, asked=asked, error="")
            _work(by, onboarding, "onboarding.check", _("Check the table for %(name)s"), here=here)
        else:
            state = OnboardingState(onboarding.state)
            preview = {**onboarding.preview, "guesses": settled(onboarding.preview.get("guesses", ()), new)}
            problems = settled(onboarding.problems, new)
            claim(onboarding, state, state, asked=asked, preview=preview, problems=problems)
        told("onboarding.answered", onboarding, actor=by.actor, answers=new)
    return onboarding


def _work(by: Person, onboarding: Onboarding, task: str, title: str, *, here: bool) -> None:
    if here:
        return
    title %= {"name": onboarding.name}
    job = enqueue(task, by=by, title=title, job=True, onboarding_id=str(onboarding.pk))
    Onboarding.objects.filter(pk=onboarding.pk).update(job=job)
    onboarding.job = job
