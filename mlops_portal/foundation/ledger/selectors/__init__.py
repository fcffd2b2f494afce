"""All reads of the ledger."""

from mlops_portal.foundation.ledger.selectors.history import event_counts, events
from mlops_portal.foundation.ledger.selectors.log import (
    bundle_bytes,
    checkpoint_covering,
    checkpoint_latest,
    consistency_proof,
    inclusion_proof,
    tile_bytes,
    tree,
)
from mlops_portal.foundation.ledger.selectors.verify import Report, log_verify

__all__ = [
    "Report",
    "bundle_bytes",
    "checkpoint_covering",
    "checkpoint_latest",
    "consistency_proof",
    "event_counts",
    "events",
    "inclusion_proof",
    "log_verify",
    "tile_bytes",
    "tree",
]
