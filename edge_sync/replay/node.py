"""Under which node rows are sent again: one for each line, enrolled here, with its home below VAR_DIR.

The machine's own node is left alone: it may be judging parts at this moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.agent.agent import lock
from edge_sync.agent.config import BadConfig, Config
from edge_sync.agent.disk import keys
from edge_sync.agent.disk.aside import Aside
from edge_sync.agent.disk.opening import opened as opened_store
from edge_sync.agent.disk.store import Store
from edge_sync.errors import ReplayBusy, ReplayUnfit
from edge_sync.services.nodes import node_enrol
from mlops_portal.foundation.plant.models import Asset, Line, Node
from mlops_portal.foundation.plant.services.places import node_register

LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class ReplayNode:
    """``store`` is the agent's own: its outbox, its open windows, and how far a replay came."""

    node: Node
    key: Ed25519PrivateKey
    config: Config
    store: Store


def node_of(line: Line) -> Node:
    """The line's node for replays, registered at the first one."""
    slug = f"replay-{line.slug}"[:LONGEST_SLUG]
    node = Node.objects.select_related("line__site").filter(slug=slug).first()
    if node is None:
        name = str(_("Replay on %(line)s") % {"line": line})[:80]
        return node_register(by=None, line=line, name=name, slug=slug, replays=True)
    if node.line_id != line.pk:
        raise ReplayUnfit(
            _("The short name %(slug)s belongs to a node of %(line)s; rename that node first.")
            % {"slug": slug, "line": node.line}
        )
    return node


@contextmanager
def opened(asset: Asset, *, model: str, random_share: float | None) -> Iterator[ReplayNode]:
    """The node with its home held for this process alone; ReplayBusy while another replay has it."""
    node = node_of(asset.line)
    home: Path = settings.VAR_DIR / "replay" / node.slug
    config = Config(
        home=home,
        portal=settings.PUBLIC_URL,
        node=node.slug,
        line=asset.line.slug,
        assets={asset.slug: model},
        feed=home,
        root=home,
        key_file=home / "node.key",
    )
    if random_share is not None:
        config = replace(config, random_share=random_share)
    try:
        held = lock(home)
    except BadConfig:
        raise ReplayBusy(
            _("Another replay on %(line)s is under way; wait until it ends, or stop it.")
            % {"line": asset.line}
        ) from None
    try:
        key = keys.load_or_make(config.key_file)
        if node.public_key != keys.public_hex(key):
            node_enrol(by=None, node=node, public_key=keys.public_hex(key))
        store = opened_store(
            home / "agent.sqlite3",
            node=node.slug,
            aside=Aside(timezone.now()),
            then="A replay that was stopped begins anew.",
        )
        try:
            yield ReplayNode(node, key, config, store)
        finally:
            store.close()
    except BadConfig as error:
        raise ReplayUnfit(str(error)) from None
    finally:
        held.close()
