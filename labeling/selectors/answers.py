"""A person's answers, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from labeling.models import Label, LabelRequest, TrainingManifest
from labeling.policies import undo_verdict, waits_for_expert
from labeling.selectors.trained import manifests_with
from labeling.transitions import Answer, RequestState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.models import Alert


def answer_words(model: RegisteredModel, answer: str) -> str:
    """An answer in the reader's language."""
    return str(Answer(answer).label) if answer in Answer.values else model.class_words(answer)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an answer: a sentence, its tone, and whether it can still be taken back."""

    label: Label
    answer: str
    text: str
    tone: str
    undo: bool


def labels_of(*, person: Person) -> QuerySet[Label]:
    """The person's answers, newest first, with what a page shows of each."""
    return (
        Label.objects.filter(person=person)
        .select_related("request__row__prediction__asset", "request__version__model", "request__line")
        .prefetch_related(
            Prefetch("request__labels", Label.objects.filter(expert=True, undone_at=None), to_attr="experts")
        )
    )


def fates(labels: list[Label], *, person: Person) -> list[Fate]:
    """What became of each answer."""
    manifests = manifests_with(labels)
    lines = []
    for label in labels:
        manifest = manifests.get(label.pk)
        text, tone = _fate(label, manifest)
        may = bool(undo_verdict(person, label, trained=manifest is not None))
        words = answer_words(label.request.version.model, label.answer)
        lines.append(Fate(label, words, text, tone, may))
    return lines


def _fate(label: Label, manifest: TrainingManifest | None) -> tuple[str, str]:
    request: LabelRequest = label.request
    if label.undone_at is not None:
        return _("Taken back"), "quiet"
    overruling = [one for one in request.experts if one.pk != label.pk]  # type: ignore[attr-defined]  # prefetched
    if request.state == RequestState.SETTLED and overruling:
        if label.answer in Answer.values:
            verdict = answer_words(request.version.model, overruling[0].answer)
            return _("An expert looked: %(answer)s") % {"answer": verdict}, "info"
        if overruling[0].answer != label.answer:
            verdict = answer_words(request.version.model, overruling[0].answer)
            return _("Overruled by an expert: %(answer)s") % {"answer": verdict}, "caution"
    if waits_for_expert(request):
        return _("An expert will look at it"), "info"
    if request.state == RequestState.WITHDRAWN:
        return _("Nobody could tell; it does not count"), "quiet"
    if manifest is not None:
        return _trained(manifest), "good"
    if request.state == RequestState.AGREED:
        return _("The inspection agrees; it waits for the next training"), "good"
    return _("Saved; it waits for the next training"), "quiet"


def _trained(manifest: TrainingManifest) -> str:
    versions = [run.candidate.number for run in manifest.runs.all() if run.candidate is not None]
    if versions:
        return _("Taught version %(number)d") % {"number": max(versions)}
    return _("In the training set of a run")


def answered_because_of(alert: Alert) -> tuple[int, int]:
    """How many parts people were asked about because of an alert, and how many of those were judged."""
    asked = LabelRequest.objects.filter(alert=alert).exclude(state=RequestState.WITHDRAWN)
    waiting = (RequestState.OPEN, RequestState.LEASED, RequestState.EXPIRED)
    return asked.count(), asked.exclude(state__in=waiting).count()
