"""What the demo plant adds to the portal."""

from __future__ import annotations

import sys

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from edge_sync.keys.demo import is_demo
from mlops_portal.above.demo import places
from mlops_portal.above.demo.events import register_types
from mlops_portal.above.demo.sim.catalogue import NODES
from mlops_portal.above.serve import processes
from mlops_portal.foundation.shell.registries import navigation


def register() -> None:
    register_types()
    processes.register(
        processes.Process(name="plant", argv=processes.manage("demo_plant"), demo=True, wait=False)
    )
    for node in NODES:
        home = str(places.home() / "nodes" / node.key)
        processes.register(
            processes.Process(
                name=node.key,
                argv=(sys.executable, "-m", "edge_sync.agent", "--home", home),
                demo=True,
                wait=False,
            )
        )
    if not settings.PRODUCTION:
        navigation.register(
            navigation.NavItem(
                "demo",
                _("Demo plant"),
                "demo:board",
                90,
                lambda person: person.may("demo.disturb") or is_demo(),
            )
        )
