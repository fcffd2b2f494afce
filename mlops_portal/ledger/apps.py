from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "mlops_portal.ledger"
    label = "ledger"

    def ready(self) -> None:
        from mlops_portal.ledger.types import register

        register("ledger.key.used", _("{actor} began to sign checkpoints with the key {key}"))
        register(
            "ledger.personal.erased",
            _("{actor} erased the personal part of {count} events of {kind} {id}"),
        )
