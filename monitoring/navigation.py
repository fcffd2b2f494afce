"""Where alerts live in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.shell import navigation
from mlops_portal.shell.navigation import NavItem


def register_items() -> None:
    navigation.register(NavItem("alerts", _("Alerts"), "alerts", 20, lambda person: person.may("alert.view")))
    navigation.register(
        NavItem("golden", _("Golden samples"), "golden", 40, lambda person: person.may("golden.view"))
    )
    navigation.register(
        NavItem("changes", _("Changes"), "changes", 25, lambda person: person.may("change.record"))
    )
