from edge_sync.serializers.nodes import EnrolmentIn, ReportIn, Taken, Wanted
from edge_sync.serializers.releases import ReasonIn, ReleaseOut

__all__ = ["EnrolmentIn", "ReasonIn", "ReleaseOut", "ReportIn", "Taken", "Wanted"]
