"""Where the portal's own state lives in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_items() -> None:
    navigation.register(
        NavItem("status", _("System"), "status", 95, lambda person: person.may("status.view"))
    )
