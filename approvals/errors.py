"""What can go wrong with approvals."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed, Unavailable


class WrongState(Conflict):
    code = "approval-wrong-state"


class AlreadyOpen(Conflict):
    code = "approval-already-open"


class AlreadyDecided(Conflict):
    code = "already-decided"


class EvidenceRenewed(Conflict):
    """A draft's evidence was gathered anew; whoever asks has not seen it yet."""

    code = "evidence-renewed"


class GatesUnmet(Conflict):
    """A hard gate is not met; nothing and nobody overrides it."""

    code = "gates-unmet"


class Expired(Conflict):
    code = "approval-expired"


class Void(Conflict):
    """Something that the request rested on changed."""

    code = "approval-void"


class StatementChanged(Conflict):
    """What was signed is not what this person would sign now."""

    code = "statement-changed"


class Excluded(NotAllowed):
    """Segregation of duties: this person may not decide about this version."""

    code = "excluded-from-decision"


class CountsForNothing(NotAllowed):
    """An approval of this person would fill no place of the line's quorum."""

    code = "approval-counts-for-nothing"


class NotProved(NotAllowed):
    """Password or code did not show that it is the person."""

    code = "not-proved"


class TooWeak(NotAllowed):
    code = "assurance-too-weak"


class TokenNeverSigns(NotAllowed):
    code = "token-never-signs"


class PolicyUnfit(Invalid):
    code = "policy-unfit"


class TargetsUnfit(Invalid):
    code = "targets-unfit"


class CommentMissing(Invalid):
    code = "comment-missing"


class EvidenceDamaged(Unavailable):
    """The stored evidence is not what its digest says."""

    code = "evidence-damaged"


class NoSealKey(Unavailable):
    code = "no-seal-key"
