"""A machine that runs a model which nobody approved: seen, told, over when it runs an approved one again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_with
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from monitoring.models import UnapprovedRun

KIND = "model.unapproved"


@transaction.atomic
def unapproved_seen(
    *, asset: Asset, node: Node, artifact: str, activation: str, since: datetime, at: datetime, held: int = 0
) -> UnapprovedRun:
    """Note that ``asset`` ran ``artifact`` from ``since`` to ``at``; told once, until it is over.

    Another such artifact begins anew. In the caller's transaction where there is one.
    """
    run, made = UnapprovedRun.objects.select_for_update().get_or_create(
        asset=asset,
        ended_at=None,
        defaults={
            "node": node,
            "artifact": artifact,
            "activation": activation,
            "since": since,
            "seen_at": at,
            "held": held,
        },
    )
    if not made and run.artifact != artifact:
        _end(run, at=max(since, run.since))
        return unapproved_seen(
            asset=asset, node=node, artifact=artifact, activation=activation, since=since, at=at, held=held
        )
    if not made:
        UnapprovedRun.objects.filter(pk=run.pk).update(
            held=F("held") + held, seen_at=Greatest(F("seen_at"), at)
        )
        return run
    _told("monitoring.unapproved.seen", run, at=timezone.now())
    notify(
        to=[*people_with(role=Role.QUALITY_ENGINEER, line=asset.line),
            *people_with(role=Role.ADMINISTRATOR, line=asset.line)],
        kind=KIND,
        message=gettext_noop("{asset} runs what nobody approved ({artifact}); what it judges is held."),
        url=reverse("edge_node", args=[node.slug]),
        asset=asset.name,
        artifact=artifact[:12],
    )  # fmt: skip
    return run


@transaction.atomic
def unapproved_over(*, asset: Asset, at: datetime) -> bool:
    """The machine ran an approved model at ``at``, later than the other; False where none was open."""
    run = (
        UnapprovedRun.objects.select_for_update(of=("self",))
        .filter(asset=asset, ended_at=None, seen_at__lt=at)
        .select_related("asset__line", "node")
        .first()
    )
    if run is not None:
        _end(run, at=at)
    return run is not None


def _end(run: UnapprovedRun, *, at: datetime) -> None:
    run.ended_at = at
    run.save(update_fields=["ended_at"])
    _told("monitoring.unapproved.over", run, at=timezone.now())


def _told(event: str, run: UnapprovedRun, *, at: datetime) -> None:
    event_record(
        type=event,
        actor=Actor("node", run.node.slug, ""),
        subjects=[
            run.asset.ref("at"),
            run.node.ref("by"),
            run.asset.line.ref("on"),
            *([Ref("artifact", run.artifact, "artifact")] if run.artifact else []),
        ],
        public={
            "asset": run.asset.name,
            "artifact": run.artifact[:12] or "–",
            "activation": run.activation,
            "since": run.since.isoformat(timespec="seconds"),
        },
        at=at,
    )
    changed("telemetry", "alerts", "nodes", f"node:{run.node.slug}", "releases")
