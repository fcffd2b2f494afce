"""All writes of the ledger."""

from mlops_portal.foundation.ledger.services.erase import personal_erase
from mlops_portal.foundation.ledger.services.record import event_record
from mlops_portal.foundation.ledger.services.sequence import log_sequence

__all__ = ["event_record", "log_sequence", "personal_erase"]
