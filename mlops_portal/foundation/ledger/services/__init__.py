"""All writes of the ledger."""

from mlops_portal.foundation.ledger.services.erase import personal_erase
from mlops_portal.foundation.ledger.services.record import event_record
from mlops_portal.foundation.ledger.services.sequence import log_sequence
from mlops_portal.foundation.ledger.services.witnesses import (
    cosignature_take,
    dispute_take,
    disputes_settle,
)

__all__ = [
    "cosignature_take",
    "dispute_take",
    "disputes_settle",
    "event_record",
    "log_sequence",
    "personal_erase",
]
