"""Why nothing was backed up or restored, each in one sentence."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed


class BackupFailed(Conflict):
    """No archive came of it; what had been written is gone."""

    code = "backup-failed"


class ArchiveUnfit(Invalid):
    """It is no archive of this portal, not whole, or of another version."""

    code = "archive-unfit"


class PlaceTaken(Conflict):
    """A restore goes into an empty place alone."""

    code = "restore-place-taken"


class OlderThanSeen(NotAllowed):
    """The archive is behind what nodes or auditors have seen, and no person has answered for it."""

    code = "restore-older-than-seen"
