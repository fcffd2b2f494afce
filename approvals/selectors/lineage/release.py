"""Lineage, first half: which release judged, and who approved it on which evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from approvals.models import Decision, EvidencePack
from approvals.selectors.lineage.steps import Stage, Step, all_of, names_of, newest, proof_of, subject_of
from approvals.selectors.records.log_links import url_of
from approvals.transitions import Assurance, Verdict
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire.words import words


def release_steps(activation: str) -> Iterator[Step]:
    """The activation on the node and the release that led to it."""
    reports = all_of("release_target", activation, "edge.target.reported")
    active = next(
        (one for one in reversed(reports) if one.data.get("state") in ("confirmed", "active")), None
    )
    published = newest("release_target", activation, "edge.release.published")
    asset, _slash, number = activation.rpartition("/")
    if not asset:
        gap = _("The node named no release; it ran a model from before the portal released any.")
        yield Step(Stage.ACTIVATION, _("No release"), gap=gap)
        return
    yield Step(
        Stage.ACTIVATION,
        _("Release %(number)s active on %(asset)s") % {"number": number, "asset": asset},
        at=active.at if active else None,
        proof=proof_of(active),
        gap="" if active else _("No report of the node in the log confirms this activation."),
    )
    release = subject_of(active, "release") or subject_of(published, "release")
    yield Step(
        Stage.RELEASE,
        _("Release %(number)s") % {"number": number},
        at=published.at if published else None,
        url=url_of("release", release) if release else "",
        proof=proof_of(published),
        gap="" if published else _("The log tells of no publication under this number."),
    )


def decision_steps(activation: str) -> Iterator[Step]:
    """Everybody who decided about this release number, and the evidence that they saw."""
    signed = all_of("release_target", activation, "approvals.decision.signed")
    ids = [subject_of(one, "decision") for one in signed]
    rows = {str(one.pk): one for one in Decision.objects.filter(pk__in=ids).select_related("person")}
    people = names_of(one.actor_id for one in signed)
    for event, pk in zip(signed, ids, strict=True):
        yield _decision(event, rows.get(pk), people.get(event.actor_id, event.actor_id))
    if not signed:
        gap = _("The log knows no signed decision about this release number.")
        yield Step(Stage.DECISION, _("No decision"), gap=gap)
    for digest in dict.fromkeys(str(one.data.get("evidence", "")) for one in signed):
        yield _evidence(digest, signed)


def _decision(event: Event, row: Decision | None, person: str) -> Step:
    said = json.loads(row.statement)["predicate"] if row else {}
    verdict = Verdict(event.data["verdict"]).label
    facts = [
        (_("Decision"), str(verdict)),
        (_("Role"), str(Role(event.data["role"]).label)),
        (_("Signed with"), str(Assurance(event.data["assurance"]).label)),
    ]
    if said:
        facts += [(_("Statement"), said["meaning"]), (_("Comment"), said["comment"])]
    return Step(
        Stage.DECISION,
        person,
        facts=[(name, value) for name, value in facts if value],
        at=event.at,
        url=url_of("approval_request", subject_of(event, "approval_request")),
        proof=proof_of(event),
        digest=event.data["statement"],
        gap="" if row else _("The signed statement is missing from the portal."),
    )


def _evidence(digest: str, signed: list[Event]) -> Step:
    pack = EvidencePack.objects.filter(digest=digest).first()
    gates = json.loads(pack.body)["gates"] if pack else []
    met = sum(gate["met"] for gate in gates)
    return Step(
        Stage.EVIDENCE,
        _("Evidence “%(words)s”") % {"words": " ".join(words(digest))},
        facts=[(_("Gates met"), _("%(met)s of %(all)s") % {"met": met, "all": len(gates)})] if pack else [],
        at=pack.created_at if pack else None,
        url=url_of("approval_request", subject_of(signed[0], "approval_request")),
        proof=proof_of(newest("evidence", digest, "approvals.request.opened")),
        digest=digest,
        gap="" if pack else _("The evidence pack is missing from the portal."),
    )
