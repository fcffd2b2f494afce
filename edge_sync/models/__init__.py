from edge_sync.models.keys import PublicKey
from edge_sync.models.node import EnrolmentToken, NodeReport, NodeStatus
from edge_sync.models.parked import ParkedDelivery
from edge_sync.models.release import Release, ReleaseTarget

__all__ = [
    "EnrolmentToken",
    "NodeReport",
    "NodeStatus",
    "ParkedDelivery",
    "PublicKey",
    "Release",
    "ReleaseTarget",
]
