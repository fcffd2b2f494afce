"""Where the directory lives in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import at_tablet, navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_items() -> None:
    navigation.register(NavItem("plant", _("Plant"), "plant", 80, lambda person: person.may("plant.view")))
    navigation.register(
        NavItem("people", _("People"), "people", 85, lambda person: person.may("people.view"))
    )
    at_tablet.register("tablet", "tablet_badge", "tablet_as", "tablet_give_back", "account_logout")
    at_tablet.register_ways_in(
        *("account_login", "mfa_login_webauthn", "mfa_authenticate", "account_inactive", "join", "joined"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
        "account_reset_password_from_key_done",
    )
