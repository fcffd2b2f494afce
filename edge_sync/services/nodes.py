"""Nodes: how they get their identity, and when they were heard."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.errors import EnrolmentRefused, KeyTaken, NotEnrolled
from edge_sync.models import EnrolmentToken, NodeStatus
from edge_sync.services.keys import keys_note
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Node, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import telemetry
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import FIRST

TOKEN_LIVES = timedelta(hours=24)
MOST_BACKLOG = (1 << 31) - 1  # what the column holds
BETWEEN_WRITES = timedelta(seconds=5)
ENROLS = b"mlops-portal enrolment v1\n"


def node_enrol(*, by: Person | None, node: Node, public_key: str) -> Node:
    """Give a node its identity: an Ed25519 public key, 64 hex digits. ``by`` None: a command at the portal.

    A second key replaces the first, for a node that was set up again. Invalid, KeyTaken, NotEnrolled.
    """
    if by is not None:
        guard(by, "node.register", line=node.line)
    return _enrol(by.actor if by else SYSTEM, node, public_key)


def token_make(*, by: Person | None, node: Node) -> str:
    """A token with which the node enrols itself once, within a day; it is shown this once."""
    if by is not None:
        guard(by, "node.register", line=node.line)
    now, token = timezone.now(), secrets.token_urlsafe(24)
    with transaction.atomic():
        EnrolmentToken.objects.create(
            node=node,
            digest=sha256(token.encode()).hexdigest(),
            made_at=now,
            expires_at=now + TOKEN_LIVES,
        )
        event_record(
            type="edge.token.made",
            actor=by.actor if by else SYSTEM,
            subjects=[node.ref(), node.line.ref("on")],
            public={"name": node.name},
            at=now,
        )
    return token


def token_use(*, node: str, token: str, public_key: str, proof: str) -> Node:
    """Enrol with a token; ``proof`` is the new key's signature over node and token. EnrolmentRefused.

    The same key with the same token again is the same enrolment: its receipt may have been lost.
    """
    now = timezone.now()
    digest = sha256(token.encode()).hexdigest()
    with transaction.atomic():
        mine = EnrolmentToken.objects.filter(digest=digest, node__slug=node, used_at=None, expires_at__gt=now)
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
                bytes.fromhex(proof), ENROLS + f"{node}\n{token}".encode()
            )
        except (InvalidSignature, ValueError):
            raise EnrolmentRefused(_("The key did not sign this enrolment.")) from None
        if mine.update(used_at=now) != 1:
            enrolled = _by_this_token(node, digest, public_key)
            if enrolled is not None:
                return enrolled
            raise EnrolmentRefused(
                _("This token is not known, was used, or is too old; make a new one on the node's page.")
            )
        row = Node.objects.select_related("line").get(slug=node)
        return _enrol(Actor("node", row.slug, ""), row, public_key)


def _by_this_token(node: str, digest: str, public_key: str) -> Node | None:
    used = EnrolmentToken.objects.filter(digest=digest, node__slug=node).exclude(used_at=None).first()
    same = Node.objects.filter(slug=node, public_key=public_key.lower(), retired_at=None)
    return same.filter(enrolled_at__gte=used.used_at).first() if used else None


def _enrol(actor: Actor, node: Node, public_key: str) -> Node:
    try:
        if len(bytes.fromhex(public_key)) != 32:
            raise ValueError
    except ValueError:
        raise Invalid(_("A node's key is 64 hex digits; “agent key” prints it at the node.")) from None
    now, key = timezone.now(), public_key.lower()
    try:
        with transaction.atomic():
            mine = Node.objects.filter(pk=node.pk, retired_at=None)
            if mine.update(public_key=key, enrolled_at=now) != 1:
                raise NotEnrolled(_("%(node)s was retired.") % {"node": node})
            keys_note(purpose=f"node {node.slug}"[:40], keys={key: ("ed25519", key)}, now=now)
            event_record(
                type="edge.node.enrolled",
                actor=actor,
                subjects=[node.ref(), node.line.ref("on")],
                public={"name": node.name, "key": key},
                at=now,
            )
            changed("nodes", f"node:{node.slug}", "plant")
    except IntegrityError:
        raise KeyTaken(_("Another node has this key; every node makes its own.")) from None
    node.refresh_from_db()
    return node


def node_heard(*, node: Node, now: datetime, said: dict[str, Any] | None = None) -> None:
    """Note that a signed request came; ``said`` is a batch or a list that was taken. Written now and then."""
    values: dict[str, Any] = {"heard_at": now}
    body: dict[str, Any] = {}
    if said:
        values["backlog"] = min(int(said.get("backlog", 0)), MOST_BACKLOG)
        body["capabilities"] = sorted(said.get("capabilities", FIRST))
    if said and "agent" in said:  # a batch
        values["agent_version"] = str(said["agent"])[:40]
        body["unread"] = telemetry.unread(said)
    row, made = NodeStatus.objects.get_or_create(node=node, defaults=values | {"body": body})
    values["body"] = row.body | body
    news = any(getattr(row, name) != value for name, value in values.items() if name != "heard_at")
    if not made and (news or row.heard_at is None or now - row.heard_at > BETWEEN_WRITES):
        with transaction.atomic():
            NodeStatus.objects.filter(pk=row.pk).update(**values)
            changed("nodes", f"node:{node.slug}")
