from edge_sync.serializers.nodes import (
    EnrolmentIn,
    ParkedReceipt,
    Receipt,
    ReportIn,
    TimeSaid,
    VoidIn,
    VoidReceipt,
    WantedReceipt,
)
from edge_sync.serializers.parked import ParkedOut
from edge_sync.serializers.releases import ReasonIn, ReleaseOut

__all__ = [
    "EnrolmentIn",
    "ParkedOut",
    "ParkedReceipt",
    "ReasonIn",
    "Receipt",
    "ReleaseOut",
    "ReportIn",
    "TimeSaid",
    "VoidIn",
    "VoidReceipt",
    "WantedReceipt",
]
