"""PINs and badges, by which a person takes over a shared tablet.

- A PIN is 4 to 8 digits, hashed as passwords are; none that everybody tries first.
- Each attempt is counted before it is looked at, so that attempts at the same moment are counted too.
- Five wrong ones of a person on one tablet: that person waits there. ``WRONG_OF_TABLET`` of anybody: all wait
  there. ``WRONG_AT_ALL`` without a right one between: the PIN is closed until its person sets a new one; of
  10,000 PINs a thief then guesses one in 600.
- A badge names a person and proves nothing; the PIN does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import BadgeTaken, BadgeUnknown, PinClosed, WeakPin, WrongPin
from mlops_portal.foundation.plant.models import Badge, Person, Pin, Tablet, TabletPerson
from mlops_portal.foundation.plant.policies import demand, pin_verdict
from mlops_portal.foundation.plant.selectors.tablets import badge_digests

WRONG_HERE, WRONG_OF_TABLET, WRONG_AT_ALL = 5, 20, 15
WAIT = timedelta(minutes=5)
FEWEST, MOST = 4, 8
RUNS = "01234567890", "09876543210"
SHORTEST_BADGE, LONGEST_BADGE = 4, 128


def _demand_strong(pin: str) -> None:
    if not (pin.isascii() and pin.isdigit() and FEWEST <= len(pin) <= MOST):
        raise WeakPin(
            _("A PIN has %(fewest)d to %(most)d digits and nothing else.") % {"fewest": FEWEST, "most": MOST}
        )
    half = len(pin) // 2
    repeats = len(set(pin)) <= 2 or pin == pin[:half] * 2
    year = len(pin) == FEWEST and pin[:2] in ("19", "20")
    if repeats or year or any(pin in run for run in RUNS):
        raise WeakPin(
            _("This PIN is among the first to be tried: no row, no repetition, no year. Choose another.")
        )


def pin_set(*, by: Person, pin: str) -> None:
    """Set one's own PIN, also in place of one that was closed. WeakPin."""
    demand(pin_verdict(by, by))
    _demand_strong(pin)
    now = timezone.now()
    with transaction.atomic():
        values = {"hashed": make_password(pin), "set_at": now, "wrong": 0}
        Pin.objects.update_or_create(person=by, defaults=values)
        TabletPerson.objects.filter(person=by).update(wrong=0, wrong_at=None)
        event_record(type="plant.pin.set", actor=by.actor, subjects=[by.ref()], at=now)


def badge_set(*, by: Person, code: str) -> None:
    """Be known by the code on one's badge. BadgeUnknown for what is none, BadgeTaken for somebody else's."""
    demand(pin_verdict(by, by))
    code = code.strip()
    if not (SHORTEST_BADGE <= len(code) <= LONGEST_BADGE and code.isprintable()):
        raise BadgeUnknown(
            _("This is no badge: its code has %(fewest)d to %(most)d characters. Scan it again.")
            % {"fewest": SHORTEST_BADGE, "most": LONGEST_BADGE}
        )
    now = timezone.now()
    with transaction.atomic():
        taken = Badge.objects.filter(digest__in=badge_digests(code)).exclude(person=by)
        if taken.exists():
            raise BadgeTaken(_("This badge stands for somebody else. Ask your administrator to end that."))
        Badge.objects.update_or_create(person=by, defaults={"digest": badge_digests(code)[0], "set_at": now})
        event_record(type="plant.badge.set", actor=by.actor, subjects=[by.ref()], at=now)


def pin_end(*, by: Person, person: Person) -> None:
    """End a person's PIN and badge; who stands at a tablet by it is out with the next request."""
    demand(pin_verdict(by, person))
    with transaction.atomic():
        if pins_end(person=person):
            event_record(
                type="plant.pin.ended",
                actor=by.actor,
                subjects=[person.ref()],
                personal={"person": person.name},
            )


def pins_end(*, person: Person) -> int:
    """End PIN and badge without an event, as part of something that has its own; how many there were."""
    return Pin.objects.filter(person=person).delete()[0] + Badge.objects.filter(person=person).delete()[0]


def pin_prove(*, tablet: Tablet, person: Person, pin: str) -> Pin:
    """The person's PIN row where ``pin`` is right. WrongPin, PinClosed."""
    now = timezone.now()
    with transaction.atomic():
        held = _count(tablet, person, now)
    if not check_password(pin[:64], held.hashed):
        _say_closed(person, held, now)
        raise WrongPin(_("This PIN is not right. Try again, slowly."))
    with transaction.atomic():
        Pin.objects.filter(pk=held.pk).update(wrong=0)
        TabletPerson.objects.filter(tablet=tablet, person=person).update(wrong=0, wrong_at=None, taken_at=now)
    return held


def _count(tablet: Tablet, person: Person, now: datetime) -> Pin:
    """Count the attempt as a wrong one; PinClosed where no more may be made."""
    recent = TabletPerson.objects.filter(tablet=tablet, wrong_at__gt=now - WAIT)
    if (recent.aggregate(all=Sum("wrong"))["all"] or 0) >= WRONG_OF_TABLET:
        raise PinClosed(_wait(_("Too many wrong PINs on this tablet.")))
    here, _made = TabletPerson.objects.get_or_create(tablet=tablet, person=person)
    mine = TabletPerson.objects.filter(pk=here.pk)
    mine.filter(wrong_at__lte=now - WAIT).update(wrong=0, wrong_at=None)
    if not mine.filter(wrong__lt=WRONG_HERE).update(wrong=F("wrong") + 1, wrong_at=now):
        raise PinClosed(_wait(_("Too many wrong PINs of %(name)s on this tablet.") % {"name": person}))
    if not Pin.objects.filter(person=person, wrong__lt=WRONG_AT_ALL).update(wrong=F("wrong") + 1):
        raise PinClosed(
            _("The PIN of %(name)s is closed: there is none, or it was wrong too often. "
              "Set a new one on a device of your own, on the page “PIN and badge”.")
            % {"name": person}
        )  # fmt: skip
    return Pin.objects.get(person=person)


def _wait(sentence: str) -> str:
    minutes = int(WAIT.total_seconds() // 60)
    wait = ngettext("Try again in %(minutes)d minute.", "Try again in %(minutes)d minutes.", minutes)
    return f"{sentence} {wait % {'minutes': minutes}}"


def _say_closed(person: Person, held: Pin, now: datetime) -> None:
    if held.wrong == WRONG_AT_ALL:
        with transaction.atomic():
            event_record(
                type="plant.pin.closed",
                actor=SYSTEM,
                subjects=[person.ref()],
                public={"count": held.wrong},
                personal={"person": person.name},
                at=now,
            )
