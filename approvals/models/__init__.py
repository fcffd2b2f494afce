from approvals.models.evidence import EvidencePack
from approvals.models.policy import LinePolicy, Policy
from approvals.models.request import ApprovalRequest, Decision

__all__ = ["ApprovalRequest", "Decision", "EvidencePack", "LinePolicy", "Policy"]
