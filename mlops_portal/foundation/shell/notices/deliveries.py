"""Notices on their way out: by mail to the person, by Apprise to the plant's own channels.

- A delivery is claimed in the database before it is tried, so two workers never send the same.
- ``delivered_at`` is written at once after sending. A worker that dies in between lets it be sent again after
  the claim has run out: twice is better than never.
- What fails is tried again after 1, 2, 4 … minutes, and given up after ``ATTEMPTS``.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.foundation.shell.models import Delivery
from mlops_portal.foundation.shell.notices.notifications import webhook_digest

ATTEMPTS = 8
CLAIM = timedelta(minutes=2)
BATCH = 200
log = get_logger(__name__)


class NotSent(Exception):
    """The other side did not take it."""


def deliveries_send() -> int:
    """Try everything that waits; the number that went out."""
    waiting = Delivery.objects.filter(
        delivered_at=None, given_up_at=None, try_after__lte=timezone.now()
    ).order_by("try_after")
    return sum(delivery_send(pk) for pk in waiting.values_list("pk", flat=True)[:BATCH])


def delivery_send(pk: int) -> bool:
    """Claim one delivery and send it; False when another worker has it or it failed."""
    now = timezone.now()
    open_row = Delivery.objects.filter(pk=pk, delivered_at=None, given_up_at=None)
    if open_row.filter(try_after__lte=now).update(try_after=now + CLAIM, attempts=F("attempts") + 1) != 1:
        return False
    row = Delivery.objects.select_related("notification__person").get(pk=pk)
    try:
        if row.route == Delivery.Route.MAIL:
            _mail(row)
        else:
            _webhook(row)
    except Exception as error:  # mail servers and webhooks fail in every way there is
        _failed(row, error)
        return False
    open_row.update(delivered_at=timezone.now(), problem="")
    return True


def _failed(row: Delivery, error: Exception) -> None:
    problem = (str(error) or type(error).__name__)[:300]
    log.warning("notice_not_delivered", delivery=row.pk, route=row.route, attempt=row.attempts, error=problem)
    now = timezone.now()
    Delivery.objects.filter(pk=row.pk).update(
        problem=problem,
        try_after=now + timedelta(minutes=2 ** (row.attempts - 1)),
        given_up_at=now if row.attempts >= ATTEMPTS else None,
    )


def _link(row: Delivery) -> str:
    return urljoin(settings.PUBLIC_URL + "/", row.notification.url)


def _mail(row: Delivery) -> None:
    person = row.notification.person
    with translation.override(person.language):
        text = row.notification.text
        foot = _("You get this because you asked for mail about it. Change that here: %(url)s") % {
            "url": settings.PUBLIC_URL + "/notifications/preferences/"
        }
        send_mail(text, f"{text}\n\n{_link(row)}\n\n-- \n{foot}\n", None, [person.email])


def _webhook(row: Delivery) -> None:
    from apprise import Apprise  # here: it takes long to load, and few tasks need it

    address = next((one for one in settings.NOTIFY_WEBHOOKS if webhook_digest(one) == row.target), None)
    if address is None:
        raise NotSent("the address is no longer in NOTIFY_WEBHOOKS")
    channel = Apprise()
    if not channel.add(address):
        raise NotSent("NOTIFY_WEBHOOKS holds an address that Apprise does not understand")
    with translation.override(settings.LANGUAGE_CODE):
        if not channel.notify(title=row.notification.text, body=_link(row)):
            raise NotSent("the address did not take it")
