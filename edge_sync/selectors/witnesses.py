"""Nodes as witnesses of the log: under which name, and who saw how much of it."""

from __future__ import annotations

from collections.abc import Collection

from mlops_portal.foundation.ledger.models import Dispute
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, consistency_proof
from mlops_portal.foundation.ledger.selectors.keys import origin
from mlops_portal.foundation.ledger.selectors.witnesses import Seen, disputes_open, witnesses_seen
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire.witness import Witness, name_of, write_offer


def witness_of(node: Node) -> Witness:
    """An enrolled node as the cosigner of this log."""
    return Witness(name_of(origin(), node.slug), bytes.fromhex(node.public_key))


def seen_by(node: Node) -> Seen | None:
    """The newest checkpoint that the node cosigned."""
    name = name_of(origin(), node.slug)
    return next((one for one in witnesses_seen() if one.witness == name), None)


def disputes_of(nodes: Collection[Node]) -> list[Dispute]:
    """What these nodes refused and nobody settled, newest first."""
    names = [name_of(origin(), one.slug) for one in nodes]
    return list(disputes_open().filter(witness__in=names))


def offer_for(*, old: int) -> str:
    """What a witness that knows the first ``old`` leaves is given; "" before the first checkpoint.

    Where this log is shorter, there is no proof: the witness sees that, and refuses.
    """
    latest = checkpoint_latest()
    if latest is None:
        return ""
    proof = consistency_proof(first=old, second=latest.size) if 0 < old < latest.size else []
    return write_offer(old=old, proof=proof, note=latest.note)
