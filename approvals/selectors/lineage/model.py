"""Lineage, second half: which model it was, how it was trained, and who taught it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.selectors.evidence import apart_in
from approvals.selectors.lineage.steps import Stage, Step, all_of, names_of, newest, proof_of, subject_of
from approvals.selectors.records.log_links import url_of
from labeling.models import TrainingManifest
from labeling.transitions import Trigger
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire.manifest import parse, tally


def version_steps(version: ModelVersion) -> Iterator[Step]:
    """The version with its artifact, and the run that made it."""
    key = version.ref().id
    added = newest("model_version", key, "registry.version.added")
    facts = [
        (_("Pipeline"), version.pipeline),
        (_("MLflow run"), version.run_id),
        (_("Trained by"), _who(added)),
    ]
    yield Step(
        Stage.VERSION,
        str(version),
        facts=[(name, value) for name, value in facts if value],
        at=version.created_at,
        url=url_of("model_version", key),
        proof=proof_of(added),
        digest=version.artifact_id,
        gap=_artifact_gap(version, added),
    )
    finished = newest("model_version", key, "labeling.run.finished")
    if finished is None:
        gap = _("It was added without a retrain run.")
        yield Step(Stage.RUN, _("No retrain run"), gap=gap)
        return
    yield _run(subject_of(finished, "retrain_run"), finished)


def _artifact_gap(version: ModelVersion, added: Event | None) -> str:
    if added is None:
        return _("The log does not tell how this version came.")
    if added.data.get("artifact") != version.artifact_id:
        return _("The artifact is not the one that the log names; the database was changed.")
    return ""


def _who(event: Event | None) -> str:
    if event is None or event.actor_kind != "person":
        return ""
    return names_of([event.actor_id]).get(event.actor_id, event.actor_id)


def _run(pk: str, finished: Event) -> Step:
    proposed = newest("retrain_run", pk, "labeling.run.proposed")
    started = newest("retrain_run", pk, "labeling.run.started")
    trigger = str(proposed.data.get("trigger", "")) if proposed else ""
    facts = [
        (_("Started by"), _who(started)),
        (_("Because of"), str(Trigger(trigger).label) if trigger in Trigger.values else ""),
        (_("Reason"), str(proposed.data.get("reason", "")) if proposed else ""),
        (_("Alert"), subject_of(proposed, "alert")),
    ]
    return Step(
        Stage.RUN,
        _("Retrain run %(number)s") % {"number": pk},
        facts=[(name, value) for name, value in facts if value],
        at=finished.at,
        url=url_of("retrain_run", pk),
        proof=proof_of(started or finished),
    )


def teaching_steps(version: ModelVersion) -> Iterator[Step]:
    """The training manifest, and the people whose labels stand in it, most first."""
    digest = version.manifest_digest
    if not digest:
        gap = _("This version has no training manifest; who taught it is not known.")
        yield Step(Stage.MANIFEST, _("No training manifest"), gap=gap)
        return
    frozen = newest("manifest", digest, "labeling.manifest.frozen")
    kept = TrainingManifest.objects.filter(digest=digest).first()
    if kept is None:
        gap = _("The training manifest is missing from the portal.")
        yield Step(Stage.MANIFEST, _("Training manifest"), digest=digest, proof=proof_of(frozen), gap=gap)
        return
    body = parse(kept.body.encode())
    counts = tally(body["rows"])
    base = body["base"]["rows"] if body["base"] else 0
    apart = sum(apart_in(body).values())
    facts = [
        (_("Parts since the first training"), str(len(body["rows"]))),
        (_("Past parts"), str(base)),
        (_("From inspection"), str(counts["source"].get("inspection", 0))),
        (_("From labels"), str(counts["source"].get("label", 0))),
        (_("Left out"), str(len(body["excluded"]) + len((body["base"] or {}).get("apart", ())))),
        (_("Of these golden samples and their like"), str(apart)),
    ]
    yield Step(
        Stage.MANIFEST,
        _("Training manifest"),
        facts=facts,
        at=kept.created_at,
        proof=proof_of(frozen),
        digest=digest,
    )
    names = names_of(counts["person"])
    for person, labels in sorted(counts["person"].items(), key=lambda one: (-one[1], one[0])):
        words = ngettext("%(count)s label", "%(count)s labels", labels) % {"count": labels}
        yield Step(
            Stage.TEACHER,
            names.get(person, person),
            facts=[(_("Taught it with"), words)],
            url=url_of("person", person),
            proof=_label_of(person, all_of("manifest", digest, "labeling.manifest.frozen")),
        )


def _label_of(person: str, frozen: list[Event]) -> str:
    """One event in which this person gave a label that the manifest holds."""
    labels = {one.key for event in frozen for one in event.subjects.all() if one.kind == "label"}
    given = Event.objects.filter(
        type__in=("labeling.label.answered", "labeling.request.settled"),
        actor_kind="person",
        actor_id=person,
        subjects__kind="label",
        subjects__key__in=labels,
    )
    return proof_of(given.order_by("id").first())
