"""Where the directory lives in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_items() -> None:
    navigation.register(NavItem("plant", _("Plant"), "plant", 80, lambda person: person.may("plant.view")))
    navigation.register(
        NavItem("people", _("People"), "people", 85, lambda person: person.may("people.view"))
    )
