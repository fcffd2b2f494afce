"""How backups read in the log; a restore is the log's own (``ledger.log.…``)."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import register


def register_types() -> None:
    register("serve.backup.made", _("A backup over {events} events was made, and restored for trial"))
    register("ledger.log.restored", _("The portal was restored from the backup of {made_at}"))
    register(
        "ledger.log.recovered",
        _("{actor} answers for a restore to {made_at}, behind what was seen outside: {reason}"),
    )
