"""Which parts a training may use, and why others are left out.

- A person's label counts before an inspection result.
- Left out: quarantined records, golden samples, answers that were undone, that disagree and nobody settled,
  or that say “I can't tell”; an inspection result takes the place of such an answer.
- A part came by chance when its truth did not hang on what the model thought of it. Either its node sent it
  in its random share and it was inspected, or the draw of a batch hit it, whatever it was sent for, and even
  where it was asked about anyway. The draw goes by how many parts a row stands for (decision 23), so those
  that are hard belong to it; without them the others are too easy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from labeling.models import Label, LabelRequest
from labeling.transitions import RequestState
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.wire import manifest
from monitoring.models import Quarantined, SampledRow
from monitoring.models.prediction import Reason

MOST = 20_000
LABEL, INSPECTION = "label", "inspection"  # where a truth comes from, as manifests name it


@dataclass(frozen=True, slots=True)
class Usable:
    row: manifest.Row
    by_chance: bool
    label: Label | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``reason``: quarantined, golden, disputed, undone or cant_tell."""

    prediction: str
    reason: str


def rows_for(model: RegisteredModel, *, most: int = MOST) -> Iterator[Usable | LeftOut]:
    """The newest ``most`` sampled parts of ``model`` that somebody judged or inspected, newest first."""
    bad = set_aside()
    classes = {one["key"] for one in model.classes}
    for row in with_a_truth(model).order_by("-prediction__at", "-prediction_id")[:most]:
        yield judged(row, bad, classes)


def with_a_truth(model: RegisteredModel) -> QuerySet[SampledRow]:
    """The sampled parts of ``model`` that somebody judged or inspected, with what ``judged`` needs."""
    requests = (
        LabelRequest.objects.exclude(state=RequestState.WITHDRAWN)
        .select_related("version__model")
        .prefetch_related(Prefetch("labels", Label.objects.order_by("at")))
    )
    return (
        SampledRow.objects.filter(prediction__version__model=model)
        .filter(~Q(prediction__truth="") | Exists(Label.objects.filter(request__row=OuterRef("pk"))))
        .select_related("prediction__asset", "prediction__version__model")
        .prefetch_related(Prefetch("requests", requests))
    )


def set_aside() -> set[tuple[int, str]]:
    """(node, part) of quarantined records."""
    return set(Quarantined.objects.filter(at_node=True).exclude(part_id="").values_list("node_id", "part_id"))


def judged(row: SampledRow, bad: set[tuple[int, str]], classes: set[str]) -> Usable | LeftOut:
    """What is known of one row; its ``requests`` and their ``labels`` by time are loaded."""
    of = row.prediction
    if (of.node_id, of.part_id) in bad:
        return LeftOut(of.pk, "quarantined")
    if row.reason == Reason.GOLDEN:
        return LeftOut(of.pk, "golden")
    label, why_not = _label(list(row.requests.all()), classes)
    random = row.reason == Reason.RANDOM
    if label is not None:
        request = label.request
        asked = request.by_chance and row.reason != Reason.REQUESTED
        chance = asked or (random and bool(of.truth))
        version = f"{request.version.model.slug}/{request.version.number}"
        given = (label.answer, LABEL, str(label.person_id), label.at)
    elif of.truth in classes and of.truth_at is not None:
        chance, version = random, f"{of.version.model.slug}/{of.version.number}"
        given = (of.truth, INSPECTION, "", of.truth_at)
    else:
        return LeftOut(of.pk, why_not or "cant_tell")
    answer, source, person, at = given
    wire_row = manifest.Row(
        prediction=of.pk,
        part=of.part_id,
        asset=of.asset.slug,
        label=answer,
        source=source,
        person=person,
        at=at.isoformat(timespec="seconds"),
        version=version,
        readings=manifest.readings_digest(row.readings),
    )
    return Usable(wire_row, chance, label)


def _label(requests: list[LabelRequest], classes: set[str]) -> tuple[Label | None, str]:
    """The label that counts for one part, or why there is none; an expert's settles a disagreement."""
    given = [label for request in requests for label in request.labels.all()]
    live = [label for label in given if label.undone_at is None]
    if not live:
        return None, "undone" if given else ""
    named = sorted(
        (label for label in live if label.answer in classes), key=lambda label: (not label.opinion, label.at)
    )
    if not named:
        return None, "cant_tell"
    settled = {request.pk for request in requests if request.state == RequestState.SETTLED}
    experts = [label for label in named if label.expert and label.request_id in settled]
    if experts:
        return experts[-1], ""
    disputed = any(request.state == RequestState.DISPUTED for request in requests)
    if disputed or len({label.answer for label in named}) > 1:
        return None, "disputed"
    return named[-1], ""
