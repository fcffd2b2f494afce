"""The first step on an empty portal: a site and the person who looks after it."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import NameTaken
from mlops_portal.foundation.plant.models import Person, RoleAssignment, Site
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire.errors import Invalid


def site_found(
    *,
    name: str,
    slug: str,
    time_zone: str,
    username: str,
    person_name: str,
    password: str,
    language: str = "en",
    email: str = "",
) -> tuple[Site, Person]:
    """Make a site and its first administrator; everybody else is invited by that person.

    Only whoever can run a command on the portal's machine comes here, so the event's actor is the portal.
    """
    now = timezone.now()
    site = Site(name=name, slug=slug, time_zone=time_zone)
    person = Person(username=username, name=person_name, email=email, language=language, joined_at=now)
    try:
        site.clean_fields()
        person.clean_fields(exclude=["password", "left_at"])
        validate_password(password, user=person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from None
    person.set_password(password)
    with transaction.atomic():
        if (
            Site.objects.filter(slug=slug).exists()
            or Person.objects.filter(username__iexact=username).exists()
        ):
            raise NameTaken(_("The site or the user name exists already; choose another."))
        site.save(force_insert=True)
        person.save(force_insert=True)
        RoleAssignment.objects.create(person=person, role=Role.ADMINISTRATOR, site=site, granted_at=now)
        event_record(
            type="plant.site.founded",
            actor=SYSTEM,
            subjects=[site.ref(), person.ref("administrator")],
            public={"name": name, "time_zone": time_zone},
            personal={"person": person_name},
            at=now,
        )
    return site, person
