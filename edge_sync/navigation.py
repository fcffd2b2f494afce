"""Where releases and models live in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_items() -> None:
    navigation.register(NavItem("models", _("Models"), "models", 40, lambda person: person.may("model.view")))
    navigation.register(
        NavItem("releases", _("Releases"), "releases", 60, lambda person: person.may("release.view"))
    )
