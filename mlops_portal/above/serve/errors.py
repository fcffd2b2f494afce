"""What keeps the portal from starting, each in one sentence."""

from mlops_portal.foundation.wire.errors import PortalError


class CannotStart(PortalError):
    """Found before or while the parts are started; the command prints the sentence and exits with 1."""

    code = "cannot-start"
    status = 503
