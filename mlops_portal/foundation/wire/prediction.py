"""A prediction's id: judging the same part again, under the same release, is the same prediction.

``prediction_id`` (version 1) is a pure function of five things, so that a node that lost its memory and reads
its feed again sends the ids that it sent before:

- the RFC 8785 bytes of ["mlops-portal/prediction@1", node, asset, part, time, release], where ``time`` is the
  reading's own in UTC, to the microsecond, and ``release`` is what judged: "asset/number";
- their SHA-256; the first 90 bits in base 32 (RFC 4648, lower case), 18 letters and digits;
- behind the node's short name and a colon, so that the portal sees whose it is: "node-1:k7q2…".

``reading_id`` names what was judged without who judged it by which release: of ["mlops-portal/reading@1",
asset, part, time], made alike and without a name before it. Pieces of windows say by it what they count.

90 bits: among 10 million predictions of one node two meet by chance once in 25 trillion nodes. Another recipe
takes another version, and with it other ids.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from hashlib import sha256

from mlops_portal.foundation.wire import jcs

RECIPE = "mlops-portal/prediction@1"
READING = "mlops-portal/reading@1"
LETTERS = 18


def _letters(*said: str) -> str:
    digest = sha256(jcs.canonical([*said])).digest()
    return base64.b32encode(digest).decode().lower()[:LETTERS]


def _time(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a reading's time needs its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def prediction_id(*, node: str, asset: str, part: str, at: datetime, release: str) -> str:
    """The id of what ``release`` said of ``part`` at ``at`` (aware); at most 79 characters.

    ValueError for a time without a zone, or texts that are no Unicode.
    """
    return f"{node}:{_letters(RECIPE, node, asset, part, _time(at), release)}"


def reading_id(*, asset: str, part: str, at: datetime) -> str:
    """The id of ``part`` at ``at`` (aware) on ``asset``, whatever judged it: 18 letters.

    ValueError as above.
    """
    return _letters(READING, asset, part, _time(at))
