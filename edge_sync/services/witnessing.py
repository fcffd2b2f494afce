"""What nodes say as witnesses of the log."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from edge_sync.selectors.witnesses import witness_of
from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import cosignature_take, dispute_take
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_with
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.wire.errors import Invalid

KIND = "log.refused"
LONGEST = 8000  # characters of a note with its cosignatures


def cosignature_receive(*, node: Node, said: Any) -> None:
    """Take a node's cosignature: a checkpoint of this log, and below it the node's line. Invalid."""
    (signed,) = _texts(said, "note")
    cosignature_take(witness=witness_of(node), signed=signed, now=timezone.now())
    changed("log", f"node:{node.slug}")


def dispute_receive(*, node: Node, said: Any) -> None:
    """Take what a node refused, with what it saw before; people are told once. Invalid."""
    kept, refused, why = _texts(said, "kept", "refused", "why")
    with transaction.atomic():
        new = dispute_take(
            witness=witness_of(node),
            kept=kept,
            refused=refused,
            why=why,
            actor=Actor("node", node.slug, ""),
            subjects=[node.ref(), node.line.ref("on")],
            now=timezone.now(),
        )
        if not new:
            return
        changed("log", "nodes", f"node:{node.slug}")
        people = [people_with(role=role, line=node.line) for role in (Role.ADMINISTRATOR, Role.AUDITOR)]
        notify(
            to=[one for several in people for one in several],
            kind=KIND,
            message=gettext_noop("{node} refuses the decision log: {why}"),
            url=reverse("edge_node", args=[node.slug]),
            node=node.name,
            why=why,
        )


def _texts(said: Any, *names: str) -> list[str]:
    values = [said.get(name) for name in names] if isinstance(said, dict) else []
    texts = [one for one in values if isinstance(one, str) and len(one) <= LONGEST]
    if len(texts) != len(names):
        raise Invalid(_("The body must hold %(names)s.") % {"names": ", ".join(names)})
    return texts
