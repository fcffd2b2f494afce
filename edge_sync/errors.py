"""What can go wrong with keys, releases and nodes."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed, Unavailable


class NotTheDemo(NotAllowed):
    """A page holds ceremonies at the demo plant alone; a plant's offline keys never come near the portal."""

    code = "not-the-demo"


class NoLines(Conflict):
    code = "no-lines"


class PlanChanged(Conflict):
    """What would be signed is not what was shown."""

    code = "ceremony-plan-changed"


class NoCeremony(Unavailable):
    """There is no signed root or roster yet; nothing can be published."""

    code = "no-ceremony"


class KeyUnreadable(Unavailable):
    code = "key-unreadable"


class NotPublished(Invalid):
    """The repository refuses what was to be published, because nodes would."""

    code = "not-published"


class ReleaseNeedsApproval(NotAllowed):
    """Releases come from approvals alone."""

    code = "release-needs-approval"


class WrongReleaseState(Conflict):
    code = "release-wrong-state"


class NotEnrolled(Conflict):
    code = "node-not-enrolled"


class EnrolmentRefused(NotAllowed):
    code = "enrolment-refused"


class KeyTaken(Conflict):
    code = "node-key-taken"


class DeliveryMoved(Conflict):
    """What was parked has left, or somebody has ordered something else."""

    code = "delivery-moved"


class ReplayUnfit(Invalid):
    """What was to be sent again does not fit the model, the machine or the table."""

    code = "replay-unfit"


class ReplayBusy(Conflict):
    code = "replay-busy"
