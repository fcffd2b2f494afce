"""What nodes tell of the deliveries that they parked, and what people order of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.errors import DeliveryMoved
from edge_sync.models import ParkedDelivery
from edge_sync.selectors.capabilities import capabilities_of
from edge_sync.transitions import ParkedEnd, ParkedOrder
from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Node, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import parked as wire
from mlops_portal.foundation.wire.errors import Conflict, Invalid
from mlops_portal.foundation.wire.formats import PARKED_ORDERS


def parked_told(*, node: Node, said: dict[str, Any]) -> list[dict[str, str]]:
    """Take a node's list (``wire.parked``); the orders for it. The same list again changes nothing."""
    now = timezone.now()
    with transaction.atomic():
        Node.objects.select_for_update().get(pk=node.pk)  # two lists of one node come one after the other
        open_ones = {(one.kind, one.key): one for one in node.parked.filter(left_at=None)}
        for left in said["left"]:
            one = open_ones.get((left["kind"], left["id"]))
            if one is not None and one.parked_at == wire.at(left):
                _leave(open_ones.pop((one.kind, one.key)), left["how"], left["reason"], now)
        named = {(one["kind"], one["id"]): one for one in said["parked"]}
        for place, one in list(open_ones.items()):
            again = named.get(place)
            if again is not None and wire.at(again) == one.parked_at:
                continue
            if again is not None or said["total"] <= len(named):  # parked anew, or gone without a word
                how = ParkedEnd.SENT_AGAIN if again is not None else ParkedEnd.FORGOTTEN
                _leave(open_ones.pop(place), how, "", now)
        for place, one_said in named.items():
            if place not in open_ones:
                open_ones[place] = _park(node, one_said, now)
    return [
        {
            "kind": one.kind, "id": one.key, "digest": one.digest, "order": one.order,
            "reason": one.order_reason,
        }
        for one in open_ones.values()
        if one.order and PARKED_ORDERS in said["capabilities"]
    ]  # fmt: skip


def _park(node: Node, said: dict[str, Any], now: datetime) -> ParkedDelivery:
    one = ParkedDelivery.objects.create(
        node=node,
        kind=said["kind"],
        key=said["id"],
        digest=said["digest"][:64],
        records=min(said["records"], 2**31 - 1),
        size=min(said["size"], 2**31 - 1),
        code=said["code"][:60],
        reason=said["reason"],
        parked_at=wire.at(said),
        told_at=now,
    )
    _tell(one, "parked", Actor("node", node.slug, ""), now, reason=one.reason)
    return one


def _leave(one: ParkedDelivery, how: str, reason: str, now: datetime) -> None:
    ParkedDelivery.objects.filter(pk=one.pk).update(left_at=now, left_how=how)
    _tell(one, "left", Actor("node", one.node.slug, ""), now, how=str(how), reason=reason)


def _tell(one: ParkedDelivery, verb: str, actor: Actor, at: datetime, **public: str) -> None:
    event_record(
        type=f"edge.delivery.{verb}",
        actor=actor,
        subjects=[one.node.ref(), one.node.line.ref("on")],
        public={"name": one.node.name, "what": one.name, **public},
        at=at,
    )
    changed("nodes", f"node:{one.node.slug}")


def parked_send(*, by: Person, parked: ParkedDelivery, reason: str) -> ParkedDelivery:
    """Let the node send it again, when it speaks next."""
    return _order(by, parked, ParkedOrder.SEND, reason)


def parked_give_up(*, by: Person, parked: ParkedDelivery, reason: str) -> ParkedDelivery:
    """Let the node forget its content for good, when it speaks next."""
    return _order(by, parked, ParkedOrder.GIVE_UP, reason)


def _order(by: Person, parked: ParkedDelivery, order: ParkedOrder, reason: str) -> ParkedDelivery:
    guard(by, "node.settle", line=parked.node.line)
    if PARKED_ORDERS not in capabilities_of(parked.node):
        raise Conflict(
            _("The agent of %(node)s takes no orders from here; order it at the node, or update its agent.")
            % {"node": parked.node}
        )
    said = reason.strip()[: wire.LONGEST_REASON - len("portal: ")]
    if not said:
        raise Invalid(_("Say why; the reason stands in the log."))
    now = timezone.now()
    with transaction.atomic():
        mine = ParkedDelivery.objects.filter(pk=parked.pk, left_at=None, order="")
        if mine.update(order=order, ordered_by=by, ordered_at=now, order_reason=said) != 1:
            raise DeliveryMoved(
                _("%(what)s is no longer parked, or somebody ordered something of it already.")
                % {"what": parked}
            )
        _tell(parked, "ordered", by.actor, now, order=str(order.value), reason=said)
    parked.refresh_from_db()
    return parked
