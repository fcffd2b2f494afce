from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "mlops_portal.ledger"
    label = "ledger"
