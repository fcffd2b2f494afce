"""Lines, machines and nodes."""

from __future__ import annotations

from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import AlreadyEnded, NameTaken, StillInUse, WrongPlace
from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Node, NodeSpan, Person, Site
from mlops_portal.foundation.plant.policies import guard

Thing = TypeVar("Thing", Line, Asset, AssetType, Node)


def _insert(thing: Thing) -> Thing:
    try:
        with transaction.atomic():
            thing.save(force_insert=True)
    except IntegrityError:
        raise NameTaken(
            _("The short name %(slug)s is taken; choose another.") % {"slug": thing.slug}
        ) from None
    return thing


def _node_on_line(node: Node | None, line: Line) -> None:
    if node is None:
        return
    if node.retired_at is not None:
        raise AlreadyEnded(_("%(node)s was retired; choose another node.") % {"node": node})
    if node.line_id != line.pk:
        raise WrongPlace(
            _("%(node)s stands on another line; choose a node of %(line)s.") % {"node": node, "line": line}
        )


def line_create(*, by: Person, site: Site, name: str, slug: str, order: int = 0) -> Line:
    guard(by, "plant.edit", site=site)
    with transaction.atomic():
        line = _insert(Line(site=site, name=name, slug=slug, order=order))
        event_record(
            type="plant.line.created",
            actor=by.actor,
            subjects=[line.ref(), site.ref("at")],
            public={"name": name},
        )
    return line


def asset_type_create(*, by: Person, name: str, slug: str) -> AssetType:
    """Name a kind of machine. Whoever brings a model may do it, because models come before machines."""
    guard(by, "model.onboard")
    with transaction.atomic():
        kind = _insert(AssetType(name=name, slug=slug))
        event_record(
            type="plant.asset_type.created",
            actor=by.actor,
            subjects=[kind.ref()],
            public={"name": name},
        )
    return kind


def asset_create(
    *,
    by: Person,
    line: Line,
    type: AssetType,  # noqa: A002 - the column's own name
    name: str,
    slug: str,
    node: Node | None = None,
) -> Asset:
    guard(by, "plant.edit", line=line)
    _node_on_line(node, line)
    with transaction.atomic():
        asset = _insert(Asset(line=line, type=type, name=name, slug=slug, node=node))
        event_record(
            type="plant.asset.created",
            actor=by.actor,
            subjects=[asset.ref(), line.ref("at"), type.ref("type")],
            public={"name": name},
        )
    return asset


def asset_change(
    *,
    by: Person,
    asset: Asset,
    name: str,
    line: Line,
    type: AssetType,  # noqa: A002 - the column's own name
    node: Node | None,
) -> Asset:
    """Rename or move a machine; the event keeps the old and the new value of what changed."""
    guard(by, "plant.edit", line=line)
    _node_on_line(node, line)
    new = {"name": name, "line": line, "type": type, "node": node}
    with transaction.atomic():
        asset = (
            Asset.objects.select_for_update(of=("self",))  # PostgreSQL locks no nullable side of a join
            .select_related("line__site", "type", "node")
            .get(pk=asset.pk)
        )
        guard(by, "plant.edit", line=asset.line)
        if asset.retired_at is not None:
            raise AlreadyEnded(_("%(asset)s was retired before.") % {"asset": asset})
        before, node_before = asset.line, asset.node
        changed = {
            key: (getattr(asset, key), value) for key, value in new.items() if getattr(asset, key) != value
        }
        if not changed:
            return asset
        for key, value in new.items():
            setattr(asset, key, value)
        asset.save(update_fields=list(new))
        if "node" in changed and node_before is not None:
            NodeSpan.objects.create(asset=asset, node=node_before, until=timezone.now())
        event_record(
            type="plant.asset.changed",
            actor=by.actor,
            subjects=[asset.ref(), *[one.ref("at") for one in dict.fromkeys((line, before))]],
            public={
                "name": name,
                "changes": {
                    key: {"old": str(old or ""), "new": str(value or "")}
                    for key, (old, value) in changed.items()
                },
            },
        )
    return asset


def asset_retire(*, by: Person, asset: Asset) -> None:
    guard(by, "plant.edit", line=asset.line)
    now = timezone.now()
    with transaction.atomic():
        if Asset.objects.filter(pk=asset.pk, retired_at=None).update(retired_at=now) != 1:
            raise AlreadyEnded(_("%(asset)s was retired before.") % {"asset": asset})
        event_record(
            type="plant.asset.retired",
            actor=by.actor,
            subjects=[asset.ref(), asset.line.ref("at")],
            public={"name": asset.name},
            at=now,
        )


def node_register(*, by: Person | None, line: Line, name: str, slug: str, replays: bool = False) -> Node:
    """Announce an edge node; it has no identity until it was enrolled with its own key.

    ``by`` None: a command at the portal; it alone makes nodes that replay past rows.
    """
    if by is not None:
        guard(by, "node.register", line=line)
    now = timezone.now()
    with transaction.atomic():
        node = _insert(
            Node(line=line, name=name, slug=slug, registered_at=now, replays=replays and by is None)
        )
        event_record(
            type="plant.node.registered",
            actor=by.actor if by else SYSTEM,
            subjects=[node.ref(), line.ref("at")],
            public={"name": name},
            at=now,
        )
    return node


def node_retire(*, by: Person, node: Node) -> None:
    """Retire a node that serves no machine any more; raises StillInUse, AlreadyEnded."""
    guard(by, "node.register", line=node.line)
    now = timezone.now()
    with transaction.atomic():
        if Asset.objects.filter(node=node, retired_at=None).exists():
            raise StillInUse(_("%(node)s still serves machines; move or retire them first.") % {"node": node})
        if Node.objects.filter(pk=node.pk, retired_at=None).update(retired_at=now) != 1:
            raise AlreadyEnded(_("%(node)s was retired before.") % {"node": node})
        event_record(
            type="plant.node.retired",
            actor=by.actor,
            subjects=[node.ref(), node.line.ref("at")],
            public={"name": node.name},
            at=now,
        )
