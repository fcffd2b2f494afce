"""Shared tablets: announced and unpaired by an administrator, paired by the code, taken over with a PIN."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import AlreadyEnded, CodeUnusable
from mlops_portal.foundation.plant.models import Line, Person, Tablet
from mlops_portal.foundation.plant.policies import demand, guard, take_verdict
from mlops_portal.foundation.plant.selectors.calendar import shift_at
from mlops_portal.foundation.plant.services.pins import pin_prove

CODE_LASTS = timedelta(minutes=15)
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another: 31^8 codes
LONGEST = timedelta(hours=8)  # where no shift runs
SEEN_EVERY = timedelta(minutes=1)


def secret_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in LETTERS)


def tablet_announce(*, by: Person, line: Line, name: str) -> tuple[Tablet, str]:
    """A code that pairs one tablet with the line within 15 minutes; it is shown once and not kept."""
    guard(by, "tablet.pair", site=line.site)
    code = "".join(secrets.choice(LETTERS) for _letter in range(8))
    now = timezone.now()
    with transaction.atomic():
        tablet = Tablet.objects.create(
            line=line,
            name=name,
            announced_by=by,
            announced_at=now,
            code_digest=secret_digest(code),
            code_until=now + CODE_LASTS,
        )
        event_record(
            type="plant.tablet.announced",
            actor=by.actor,
            subjects=[tablet.ref(), line.ref("on")],
            public={"name": name, "line": line.name},
            at=now,
        )
    return tablet, f"{code[:4]}-{code[4:]}"


def tablet_pair(*, code: str, agent: str) -> tuple[Tablet, str]:
    """Pair the browser on which the code was typed; its secret goes into its cookie. CodeUnusable."""
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    waiting = Tablet.objects.filter(
        code_digest=secret_digest(_plain(code)), paired_at=None, unpaired_at=None, code_until__gt=now
    )
    with transaction.atomic():
        tablet = waiting.select_related("line__site", "announced_by").first()
        values = {"paired_at": now, "seen_at": now, "digest": secret_digest(secret), "agent": agent[:400]}
        if tablet is None or waiting.filter(pk=tablet.pk).update(**values) != 1:
            raise CodeUnusable(
                _("This code is unknown, was used, or is older than 15 minutes; ask for a new one.")
            )
        event_record(
            type="plant.tablet.paired",
            actor=SYSTEM,
            subjects=[tablet.ref(), tablet.line.ref("on"), tablet.announced_by.ref("by")],
            public={"name": tablet.name, "line": tablet.line.name},
            personal={"by": tablet.announced_by.name},
            at=now,
        )
    return tablet, secret


def tablet_unpair(*, by: Person, tablet: Tablet) -> None:
    """From the next request on the tablet is a stranger, and who stands at it is out. AlreadyEnded."""
    guard(by, "tablet.pair", site=tablet.line.site)
    now = timezone.now()
    with transaction.atomic():
        if Tablet.objects.filter(pk=tablet.pk, unpaired_at=None).update(unpaired_at=now, digest=None) != 1:
            raise AlreadyEnded(_("The tablet %(name)s was unpaired before.") % {"name": tablet})
        event_record(
            type="plant.tablet.unpaired",
            actor=by.actor,
            subjects=[tablet.ref(), tablet.line.ref("on")],
            public={"name": tablet.name, "line": tablet.line.name},
            at=now,
        )


def tablet_seen(*, secret: str) -> Tablet | None:
    """The paired tablet with this cookie; notes at most once a minute that it was seen."""
    now = timezone.now()
    tablet = (
        Tablet.objects.filter(digest=secret_digest(secret), unpaired_at=None)
        .select_related("line__site")
        .first()
    )
    if tablet is not None and (tablet.seen_at is None or now - tablet.seen_at > SEEN_EVERY):
        Tablet.objects.filter(pk=tablet.pk).update(seen_at=now)
    return tablet


def tablet_take(*, tablet: Tablet, person: Person, pin: str) -> tuple[datetime, datetime]:
    """Take the tablet over with a PIN: until when (the shift's end), and when that PIN was set.

    NotAllowed on another line, WrongPin, PinClosed.
    """
    demand(take_verdict(person, tablet.line))
    held = pin_prove(tablet=tablet, person=person, pin=pin)
    now = timezone.now()
    shift = shift_at(site=tablet.line.site, when=now, line=tablet.line)
    return (shift.ends if shift else now + LONGEST), held.set_at
