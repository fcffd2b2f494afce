"""Shifts and closed days."""

from __future__ import annotations

from datetime import date, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import NameTaken, WrongDate, WrongPlace
from mlops_portal.foundation.plant.models import ClosedDay, Line, Person, Shift, Site
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.wire.errors import NotFound


def shift_set(*, by: Person, site: Site, name: str, starts: time, ends: time, weekdays: str) -> Shift:
    """Make a shift or change its hours; times are the site's local time, weekdays are digits, 1 is Monday."""
    guard(by, "calendar.edit", site=site)
    days = "".join(sorted(set(weekdays)))
    if not days or set(days) - set("1234567"):
        raise WrongDate(_("Weekdays are digits from 1 for Monday to 7 for Sunday, for example 12345."))
    if starts == ends:
        raise WrongDate(_("A shift must have a length; change its start or its end."))
    with transaction.atomic():
        old = Shift.objects.filter(site=site, name=name).first()
        shift, _made = Shift.objects.update_or_create(
            site=site, name=name, defaults={"starts": starts, "ends": ends, "weekdays": days}
        )
        event_record(
            type="plant.shift.set",
            actor=by.actor,
            subjects=[site.ref("at")],
            public={
                "name": name,
                "old": f"{old.starts:%H:%M}-{old.ends:%H:%M} {old.weekdays}" if old else None,
                "new": f"{starts:%H:%M}-{ends:%H:%M} {days}",
            },
        )
    return shift


def shift_remove(*, by: Person, shift: Shift) -> None:
    guard(by, "calendar.edit", site=shift.site)
    with transaction.atomic():
        if Shift.objects.filter(pk=shift.pk).delete()[0] != 1:
            raise NotFound(_("This shift was removed before."))
        event_record(
            type="plant.shift.removed",
            actor=by.actor,
            subjects=[shift.site.ref("at")],
            public={"name": shift.name},
        )


def closed_day_add(*, by: Person, site: Site, day: date, reason: str, line: Line | None = None) -> ClosedDay:
    guard(by, "calendar.edit", site=site)
    if line is not None and line.site_id != site.pk:
        raise WrongPlace(
            _("%(line)s does not belong to %(site)s; choose one of its lines.") % {"line": line, "site": site}
        )
    with transaction.atomic():
        try:
            with transaction.atomic():
                closed = ClosedDay.objects.create(site=site, line=line, day=day, reason=reason)
        except IntegrityError:
            raise NameTaken(_("That day is closed already.")) from None
        event_record(
            type="plant.day.closed",
            actor=by.actor,
            subjects=[(line or site).ref("at")],
            public={"day": day.isoformat(), "reason": reason},
        )
    return closed


def closed_day_remove(*, by: Person, closed: ClosedDay) -> None:
    guard(by, "calendar.edit", site=closed.site)
    with transaction.atomic():
        if ClosedDay.objects.filter(pk=closed.pk).delete()[0] != 1:
            raise NotFound(_("This day was opened before."))
        event_record(
            type="plant.day.opened",
            actor=by.actor,
            subjects=[(closed.line or closed.site).ref("at")],
            public={"day": closed.day.isoformat()},
        )
