"""What can go wrong with people and places."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, PortalError


class AlreadyHeld(Conflict):
    code = "already-held"


class AlreadyEnded(Conflict):
    code = "already-ended"


class InvitationUnusable(Conflict):
    code = "invitation-unusable"


class LastAdministrator(Conflict):
    code = "last-administrator"


class NameTaken(Conflict):
    code = "name-taken"


class StillInUse(Conflict):
    code = "still-in-use"


class WrongPlace(Invalid):
    code = "wrong-place"


class WrongDate(Invalid):
    code = "wrong-date"


class UnknownScope(Invalid):
    code = "unknown-scope"


class WeakPin(Invalid):
    code = "weak-pin"


class WrongPin(Invalid):
    code = "wrong-pin"


class PinClosed(PortalError):
    """Too many wrong PINs: for a while on this tablet, or until the person sets a new one."""

    code = "pin-closed"
    status = 429


class BadgeUnknown(Invalid):
    code = "badge-unknown"


class BadgeTaken(Conflict):
    code = "badge-taken"


class CodeUnusable(Conflict):
    code = "pairing-code-unusable"
