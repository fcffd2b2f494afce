"""What can go wrong at the demo plant."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid


class AlreadyOn(Conflict):
    code = "already-on"


class AlreadyOff(Conflict):
    code = "already-off"


class NotADisturbance(Invalid):
    code = "not-a-disturbance"


class NotInProduction(Conflict):
    code = "not-in-production"
