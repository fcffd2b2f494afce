"""The errors that a person can mend.

Pages show the sentence, the API sends it as ``application/problem+json`` (RFC 9457), commands print it.
"""


class PortalError(Exception):
    """One sentence that says what is wrong, where, and how to mend it.

    ``code`` names the kind of problem (the last part of the problem's ``type``), ``status`` is HTTP's.
    """

    code = "problem"
    status = 400

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class NotAllowed(PortalError):
    """The person may not do this; the sentence says why."""

    code = "not-allowed"
    status = 403


class NotFound(PortalError):
    """There is no such thing, or the person may not know of it."""

    code = "not-found"
    status = 404


class Conflict(PortalError):
    """Somebody was first, or the thing is in a state that does not allow this."""

    code = "conflict"
    status = 409


class Invalid(PortalError):
    """What was sent does not fit."""

    code = "invalid"
    status = 422


class Unavailable(PortalError):
    """A part that this needs does not answer at the moment."""

    code = "unavailable"
    status = 503
