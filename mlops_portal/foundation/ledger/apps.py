from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "mlops_portal.foundation.ledger"
    label = "ledger"

    def ready(self) -> None:
        from mlops_portal.foundation.ledger.types import register

        register("ledger.key.used", _("{actor} began to sign checkpoints with the key {key}"))
        register(
            "ledger.checkpoint.refused",
            _("{witness} refuses a checkpoint of {size} events after one of {seen}: {why}"),
        )
        register(
            "ledger.history.accepted",
            _("Offline keys signed that the log goes on from here, which witnesses refused: {reason}"),
        )
        register(
            "ledger.personal.erased",
            _("{actor} erased the personal part of {count} events of {kind} {id}"),
        )
