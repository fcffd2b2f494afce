"""Refusals as sentences of the catalog, so that pages can say them in the reader's language."""

from __future__ import annotations

from mlops_portal.foundation.wire.errors import Invalid

LONGEST = 160


def gettext_noop(message: str) -> str:
    """Marks a message for the catalog; numerics know no Django."""
    return message


class ForeignUnfit(Invalid):
    """A model from outside that cannot be taken: ``_(error.message).format(**error.values)`` says it."""

    code = "foreign-model-unfit"

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = {key: str(value)[:LONGEST] for key, value in values.items()}
        super().__init__(message.format(**self.values))


def first_line(error: BaseException) -> str:
    """What a library says, without its stack and its colours."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:LONGEST].rstrip(".")
