"""Reads over shared tablets, and over who may take one over."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from mlops_portal.foundation.plant.models import Badge, Person, Pin, Tablet, TabletPerson
from mlops_portal.foundation.plant.policies import TAKES_OVER
from mlops_portal.foundation.plant.selectors.people import people_who_may
from mlops_portal.foundation.plant.selectors.places import sites_for


def tablets_for(*, person: Person) -> QuerySet[Tablet]:
    """The tablets of the sites where the person pairs them: paired, or waiting for their code to be typed."""
    return Tablet.objects.filter(
        line__site__in=sites_for(person=person, action="tablet.pair"), unpaired_at=None
    ).select_related("line__site", "announced_by")


def people_at(*, tablet: Tablet) -> list[Person]:
    """Who has a PIN and may take the tablet over; who did so last comes first."""
    may = people_who_may(action=TAKES_OVER, line=tablet.line)
    having = set(Pin.objects.filter(person__in=may).values_list("person", flat=True))
    taken = TabletPerson.objects.filter(tablet=tablet, taken_at__isnull=False)
    lately = list(taken.order_by("-taken_at").values_list("person", flat=True))
    place = {pk: number for number, pk in enumerate(lately)}
    known = [one for one in may if one.pk in having]
    return sorted(known, key=lambda one: (place.get(one.pk, len(place)), one.name))


def badge_digests(code: str) -> list[str]:
    """The digest of a badge's code under the portal's secret, then under those that it had before."""
    return [
        salted_hmac("mlops_portal.plant.badge", code.strip(), secret=secret, algorithm="sha256").hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def person_of_badge(code: str) -> Person | None:
    """Whose badge it is, among those who have not left."""
    badge = Badge.objects.filter(digest__in=badge_digests(code), person__is_active=True)
    held = badge.select_related("person").first()
    return held.person if held else None
