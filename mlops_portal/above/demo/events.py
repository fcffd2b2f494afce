"""How the demo plant's events read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import register


def register_types() -> None:
    register("demo.disturbance.on", _("{actor} switched {disturbance} on at {asset}"))
    register("demo.disturbance.off", _("{actor} switched {disturbance} off at {asset}"))
