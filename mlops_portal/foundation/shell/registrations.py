"""What the shell itself registers."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.notices.notifications import notifications_unread
from mlops_portal.foundation.shell.registries import at_tablet, navigation, undo
from mlops_portal.foundation.shell.registries.navigation import NavItem
from mlops_portal.foundation.shell.work import jobs


def register_all() -> None:
    navigation.register(NavItem("home", _("Home"), "home", 0, lambda person: True))
    at_tablet.register("home", "card", "typed", "undo", "healthz", "readyz")
    undo.register("shell.unread", notifications_unread)
    jobs.every("ledger.sequence", seconds=5)
    jobs.every("shell.jobs_resend", seconds=15)
    jobs.every("shell.notify_outside", seconds=60)
    jobs.every("shell.kept_answers_expire", seconds=3600)
