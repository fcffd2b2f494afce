"""What the demo plant adds to the portal."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mlops_portal.demo.events import register_types
from mlops_portal.serve import processes
from mlops_portal.shell import navigation


def register() -> None:
    register_types()
    processes.register(
        processes.Process(name="plant", argv=processes.manage("demo_plant"), demo=True, wait=False)
    )
    if not settings.PRODUCTION:
        navigation.register(
            navigation.NavItem(
                "demo", _("Demo plant"), "demo:board", 90, lambda person: person.may("demo.disturb")
            )
        )
