"""Everything that a fault can reach, and what it may ask of it."""

from __future__ import annotations

import random
import signal
import threading
import time
from dataclasses import dataclass, field

from tests.soak.disks import Disk
from tests.soak.feeder import Feeder
from tests.soak.node import SoakNode
from tests.soak.people import People
from tests.soak.portal import Portal


@dataclass
class Scene:
    portal: Portal
    portal_disk: Disk
    nodes: list[SoakNode]
    feeder: Feeder
    people: People
    models: list[str]
    draw: random.Random
    hurry: float = 1.0
    ended: threading.Event = field(default_factory=threading.Event)

    def node(self) -> SoakNode:
        return self.draw.choice(self.nodes)

    def asset(self) -> str:
        return self.draw.choice(self.node().assets)

    def hold(self, low: float, high: float) -> None:
        """Let the fault last so many seconds; what ended meanwhile is started again."""
        until = time.monotonic() + self.hurry * self.draw.uniform(low, high)
        while time.monotonic() < until and not self.ended.is_set():
            self.keep()
            time.sleep(0.25)

    def calm(self) -> None:
        """Undo whatever a fault may have left."""
        self.portal_disk.free()
        for node in self.nodes:
            node.jump(0)
            node.proxy.always(None)
            node.proxy.limit = None
            node.disk.free()
            node.send(signal.SIGCONT)
            if not node.alive:
                node.start()

    def keep(self) -> None:
        self.portal.keep()
        for node in self.nodes:
            node.keep()
