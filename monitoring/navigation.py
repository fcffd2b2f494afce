"""Where alerts live in the top bar."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.registries import at_tablet, navigation
from mlops_portal.foundation.shell.registries.navigation import NavItem


def _works_at_a_machine(person: Person) -> bool:
    """Others record a change too, but it is not what they come for, and the bar is short."""
    return any(one.role == Role.OPERATOR for one in person.held)


def register_items() -> None:
    navigation.register(NavItem("alerts", _("Alerts"), "alerts", 20, lambda person: person.may("alert.view")))
    navigation.register(
        NavItem("golden", _("Golden samples"), "golden", 40, lambda person: person.may("golden.view"))
    )
    navigation.register(
        NavItem("measures", _("Measures"), "measures", 62, lambda person: person.may("measure.view"))
    )
    navigation.register(NavItem("drift", _("Drift"), "drift", 63, lambda person: person.may("alert.view")))
    navigation.register(NavItem("changes", _("Changes"), "changes", 25, _works_at_a_machine))
    at_tablet.register("changes", "change", "measures", "measure", "measure_record", "picture")
    at_tablet.register("golden", "golden_set", "golden_check", "golden_course")
    at_tablet.register("golden_rounds", "golden_round_begin", "golden_round")
