"""Notices: in the page at once, by mail and to the plant's channel soon after.

- The row is written in the caller's transaction; browsers and workers are woken after commit.
- The text is kept as msgid and fields, so that each person reads it in their own language.
- A kind that a person does not want in the portal is kept as read: findable, silent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.models import Delivery, Notification, NotificationPreference
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.shell.registries.kinds import KINDS, Kind
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire.errors import Invalid, NotFound


def webhook_digest(address: str) -> str:
    """Names a webhook without its secrets."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _wishes(people: list[Person], kind: Kind) -> dict[Any, NotificationPreference | Kind]:
    chosen = NotificationPreference.objects.filter(person__in=people, kind=kind.key)
    return {person.pk: kind for person in people} | {one.person_id: one for one in chosen}


@transaction.atomic
def notify(
    *, to: Iterable[Person], kind: str, message: str, url: str = "", **params: str | int | float
) -> list[Notification]:
    """Tell people something once each. ``message`` is a msgid (``gettext_noop``) with ``{named}`` fields.

    Raises KeyError for an unknown kind, TypeError for a text that was translated already.
    """
    known = KINDS.get(kind)
    if known is None:
        raise KeyError(f"no kind of notice is called {kind!r}")
    if not isinstance(message, str):
        raise TypeError(
            "message must be a msgid: mark it with gettext_noop, it is translated when it is read"
        )
    people = list({person.pk: person for person in to if person.is_active}.values())
    wishes = _wishes(people, known)
    now = timezone.now()
    rows = Notification.objects.bulk_create(
        Notification(
            person=person,
            kind=kind,
            message=message,
            params=params,
            url=url,
            created=now,
            read_at=None if wishes[person.pk].page else now,
        )
        for person in people
    )
    outside = [
        *_by_mail(rows, wishes, now),
        *_by_webhook(rows, wishes, now),
    ]
    Delivery.objects.bulk_create(outside)
    if outside:
        enqueue("shell.notify_outside")
    if rows:
        changed(*(f"person:{row.person_id}" for row in rows))
    return rows


def _by_mail(rows: list[Notification], wishes: dict[Any, Any], now: datetime) -> list[Delivery]:
    return [
        Delivery(notification=row, route=Delivery.Route.MAIL, created=now, try_after=now)
        for row in rows
        if wishes[row.person_id].mail and row.person.email
    ]


def _by_webhook(rows: list[Notification], wishes: dict[Any, Any], now: datetime) -> list[Delivery]:
    """One message for all of them: the channel is the plant's, not a person's."""
    first = next((row for row in rows if wishes[row.person_id].webhook), None)
    if first is None:
        return []
    return [
        Delivery(
            notification=first,
            route=Delivery.Route.WEBHOOK,
            target=webhook_digest(address),
            created=now,
            try_after=now,
        )
        for address in settings.NOTIFY_WEBHOOKS
    ]


def notifications_of(*, person: Person, unread: bool = False) -> QuerySet[Notification]:
    rows = Notification.objects.filter(person=person)
    return rows.filter(read_at=None) if unread else rows


def unread_count(*, person: Person) -> int:
    """Up to 100, which the bell shows as 99+."""
    return Notification.objects.filter(person=person, read_at=None)[:100].count()


def notification_read(*, by: Person, notification_id: int) -> str:
    """Mark one as read; again changes nothing. Hands back the token that undoes it."""
    return _mark_read(by, notifications_of(person=by).filter(pk=notification_id), must_exist=True)


def notifications_read_all(*, by: Person) -> str:
    """Mark all as read. Hands back the token that undoes it."""
    return _mark_read(by, notifications_of(person=by), must_exist=False)


@transaction.atomic
def _mark_read(by: Person, rows: QuerySet[Notification], *, must_exist: bool) -> str:
    if must_exist and not rows.exists():
        raise NotFound(_("There is no such notice, or it is not yours."))
    now = timezone.now()
    if rows.filter(read_at=None).update(read_at=now):
        changed(f"person:{by.pk}")
    return undo.token(by=by, name="shell.unread", at=now.isoformat())


@transaction.atomic
def notifications_unread(*, by: Person, at: str) -> None:
    """Undo: what was marked as read at that moment is unread again."""
    if notifications_of(person=by).filter(read_at=datetime.fromisoformat(at)).update(read_at=None):
        changed(f"person:{by.pk}")


def preferences_of(*, person: Person) -> list[tuple[Kind, NotificationPreference]]:
    """Every kind with what holds for this person, defaults filled in (unsaved)."""
    chosen = {one.kind: one for one in NotificationPreference.objects.filter(person=person)}
    return [
        (
            kind,
            chosen.get(kind.key)
            or NotificationPreference(
                person=person, kind=kind.key, page=kind.page, mail=kind.mail, webhook=kind.webhook
            ),
        )
        for kind in KINDS
    ]


def notification_preference_set(*, by: Person, kind: str, page: bool, mail: bool, webhook: bool) -> None:
    """How ``by`` wants to hear of one kind."""
    if kind not in KINDS:
        raise Invalid(_("There is no kind of notice called “%(kind)s”.") % {"kind": kind})
    NotificationPreference.objects.update_or_create(
        person=by, kind=kind, defaults={"page": page, "mail": mail, "webhook": webhook}
    )
