"""Tickets: the proof that a question was given to a person, which an answer carries however late it comes.

Signed by the portal, for one question and one person; whoever holds it may answer late, nobody else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils.translation import gettext as _

from labeling.errors import AnothersAnswer, TooOld
from labeling.models import LabelRequest
from mlops_portal.foundation.plant.models import Person

LONGEST = timedelta(days=7)
_signer = signing.TimestampSigner(salt="labeling.selectors.tickets", sep="~")


def ticket_for(person: Person, request: LabelRequest) -> str:
    return _signer.sign(f"{request.pk}~{person.pk}")


def given_at(ticket: str, *, person: Person, request: LabelRequest) -> datetime | None:
    """When the question was given to ``person``; None for what is no ticket of this question.

    Raises AnothersAnswer where it was given to somebody else, TooOld after ``LONGEST``.
    """
    try:
        asked, whose = _signer.unsign(ticket).split("~")
    except (signing.BadSignature, ValueError):
        return None
    if asked != str(request.pk):
        return None
    if whose != str(person.pk):
        raise AnothersAnswer(
            _("Somebody else gave this answer; it is saved when that person signs in on this device.")
        )
    stamp = signing.b62_decode(ticket.rsplit("~", 2)[1])
    given = datetime.fromtimestamp(stamp, UTC)
    if datetime.now(UTC) - given > LONGEST:
        raise TooOld(_("This part was shown more than 7 days ago; the answer is not taken any more."))
    return given
