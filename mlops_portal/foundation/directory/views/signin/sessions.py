"""Where a person is signed in.

Sessions lie in Django's own table, which does not name the person; all that still live are read and compared.
That costs some 50 µs each, on one page that is opened seldom, and leaves no second table to keep true.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where the person is signed in; the page names it by ``handle``, never by its key."""

    key: str
    device: str
    address: str
    since: datetime | None
    ends: datetime
    is_here: bool

    @property
    def handle(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]


def device_of(agent: str) -> str:
    """“Firefox, Windows” of a User-Agent header; plain words where it says neither."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("A program")


def sessions_of(person: Person, *, here: str | None) -> list[SignedIn]:
    """The living sessions of ``person``, this one first, then the newest; ``here`` is this session's key."""
    sessions = [_told(row, data, here) for row, data in _living(person)]
    return sorted(sessions, key=lambda one: (not one.is_here, -(one.since or one.ends).timestamp()))


def _living(person: Person) -> Iterator[tuple[Session, dict[str, Any]]]:
    expected = person.get_session_auth_hash()
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        data = row.get_decoded()
        if data.get(SESSION_KEY) != str(person.pk) or BACKEND_SESSION_KEY not in data:
            continue
        if constant_time_compare(data.get(HASH_SESSION_KEY, ""), expected):
            yield row, data


def _told(row: Session, data: dict[str, Any], here: str | None) -> SignedIn:
    noted = data.get("signed_in", {})
    since = datetime.fromisoformat(noted["at"]) if "at" in noted else None
    return SignedIn(
        key=row.session_key,
        device=device_of(noted.get("agent", "")),
        address=noted.get("address", ""),
        since=since,
        ends=row.expire_date,
        is_here=row.session_key == here,
    )


def sessions_end(person: Person, *, here: str | None, handle: str | None = None) -> int:
    """End one of the person's other sessions, or all others; returns how many ended."""
    keys = [
        one.key
        for one in sessions_of(person, here=here)
        if not one.is_here and (handle is None or one.handle == handle)
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]
