"""What can go wrong with people and places."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid


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
