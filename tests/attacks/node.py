"""A real agent in its own folder, speaking HTTP with the portal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from edge_sync.agent.agent import Agent
from edge_sync.agent.config import load
from edge_sync.agent.disk import keys
from edge_sync.keys.repository import layout
from edge_sync.models import NodeReport
from edge_sync.services.nodes import node_enrol
from mlops_portal.foundation.plant.models import Asset, Node


class RealNode:
    """Serves one machine; ``exchange`` looks for releases once and sends what waits."""

    def __init__(self, folder: Path, portal: str, node: Node, asset: Asset) -> None:
        self.node, self.asset = node, asset
        (folder / "feed").mkdir(parents=True)
        (folder / "root.json").write_bytes((layout().metadata / "1.root.json").read_bytes())
        settings = {
            "portal": portal,
            "node": node.slug,
            "line": node.line.slug,
            "assets": {asset.slug: "press"},
            "feed": "feed",
            "root": "root.json",
            "interval_s": 0.05,
        }
        (folder / "agent.json").write_text(json.dumps(settings), encoding="utf-8")
        public = keys.public_hex(keys.load_or_make(folder / "node.key"))
        node_enrol(by=None, node=node, public_key=public)
        self.agent = Agent(load(folder))
        self.agent.start(datetime.now(UTC))

    def exchange(self) -> None:
        self.agent.exchange(datetime.now(UTC))

    def running(self) -> str | None:
        """The artifact that judges parts now."""
        found = self.agent.stations[self.asset.slug].running
        return found.installed.artifact if found else None

    def updates_stop(self) -> str:
        """Why nothing can be updated, in the agent's words; "" where it can."""
        found: str = self.agent.store.meta("updates_stop", "")
        return found

    def last_reason(self) -> str:
        """Why the node refused last, as it told the portal."""
        found = NodeReport.objects.filter(node=self.node, state="refused").order_by("-sequence").first()
        return found.reason if found else ""

    def end(self) -> None:
        self.agent.close()
