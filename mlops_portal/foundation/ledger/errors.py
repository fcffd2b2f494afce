"""What can go wrong with the ledger."""

from __future__ import annotations

from mlops_portal.foundation.wire.errors import Invalid, PortalError, Unavailable


class OutsideTransaction(RuntimeError):
    """An event was to be recorded outside the transaction of the change that it tells of."""


class UnknownType(LookupError):
    """The type of an event is not registered."""


class LogDamaged(PortalError):
    """The stored log does not fit itself; nothing more is signed until a person looked."""

    code = "log-damaged"
    status = 500


class NotWitnessed(Invalid):
    """What a witness says is not about this log, or not signed by that witness."""

    code = "not-witnessed"


class NoCheckpointKey(Unavailable):
    """The key that signs checkpoints is missing or unreadable."""

    code = "no-checkpoint-key"
