"""How back-tests read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.above.backtests.transitions import Kind
from mlops_portal.foundation.ledger.types import labels, read_as, register


def register_types() -> None:
    register("backtests.table.added", _("{actor} added the table {name} for back-tests"))
    register("backtests.table.answered", _("{actor} answered what the table {name} asks: {answers}"))
    register("backtests.table.removed", _("{actor} removed the table {name} of back-tests"))
    register("backtests.test.run", _("{actor} started the back-test {name}: {kind}"))
    register("backtests.test.finished", _("The back-test {name} is done"))
    register("backtests.test.failed", _("The back-test {name} failed"))
    register("backtests.test.cancelled", _("{actor} cancelled the back-test {name}"))
    register("backtests.test.deleted", _("{actor} deleted the back-test {name}"))
    read_as("kind", labels(Kind), room="backtests.")
