"""Where back-tests live in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_items() -> None:
    navigation.register(
        NavItem("backtests", _("Back-tests"), "backtests", 47, lambda person: person.may("backtest.view"))
    )
