"""How the events of onboarding read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import register


def register_types() -> None:
    register("onboarding.file.received", _("{actor} brought the table {file} for the model {name}"))
    register("onboarding.file.read", _("The table for {name} was read: {rows} rows, {columns} columns"))
    register("onboarding.file.refused", _("The table for {name} could not be read: {reason}"))
    register("onboarding.again", _("{actor} let the work on the table for {name} be done again"))
    register("onboarding.schema.changed", _("{actor} corrected the description of the table for {name}"))
    register("onboarding.answered", _("{actor} answered what the table for {name} leaves open: {answers}"))
    register("onboarding.check.asked", _("{actor} let the table for {name} be checked"))
    register("onboarding.table.checked", _("The table for {name} was checked: {problems} problems"))
    register("onboarding.agreed", _("{actor} agreed to the table for {name}"))
    register("onboarding.taken", _("The model {name} was made from a table of {rows} parts"))
    register("onboarding.stopped", _("The table for {name} went back a step: {reason}"))
    register("onboarding.golden.proposed", _("{count} parts were proposed as golden samples of {name}"))
    register("onboarding.golden.confirmed", _("{actor} confirmed part {part} as a golden sample of {name}"))
    register("onboarding.golden.refused", _("{actor} refused part {part} as a golden sample of {name}"))
    register("onboarding.undone", _("{actor} undid the onboarding of {name}"))
