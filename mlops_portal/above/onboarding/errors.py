"""What can go wrong while a plant brings its own table."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid


class WrongState(Conflict):
    """The onboarding is elsewhere, or somebody was first."""

    code = "onboarding-wrong-state"


class NameUsed(Conflict):
    """Another model, or another onboarding under way, has this name."""

    code = "onboarding-name-used"


class ApprovalAsked(Conflict):
    """Undoing ends where an approval was asked for."""

    code = "onboarding-approval-asked"


class Blocked(Invalid):
    """Problems of the table stand in the way."""

    code = "onboarding-blocked"


class SchemaUnfit(Invalid):
    """A correction of the table's description does not fit."""

    code = "onboarding-schema-unfit"


class FileUnfit(Invalid):
    """No file, too large a file, or a path that may not be read."""

    code = "onboarding-file-unfit"
