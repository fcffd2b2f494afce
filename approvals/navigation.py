"""Where approvals live in the top bar, and the kinds of notices they send."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.registries import kinds, navigation
from mlops_portal.foundation.shell.registries.kinds import Kind
from mlops_portal.foundation.shell.registries.navigation import NavItem


def register_items() -> None:
    navigation.register(
        NavItem("approvals", _("Approvals"), "approvals", 50, lambda person: person.may("approval.view"))
    )
    kinds.register(Kind("approval.asked", _("My decision is asked for"), icon="shield", mail=True))
    kinds.register(Kind("approval.over", _("An approval that I asked for is over"), icon="shield"))
