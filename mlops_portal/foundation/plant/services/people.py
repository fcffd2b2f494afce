"""Leaving, and what a person sets for oneself."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import AlreadyEnded
from mlops_portal.foundation.plant.models import Person, PersonSkill, RoleAssignment, Token
from mlops_portal.foundation.plant.policies import demand, leave_verdict
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.pins import pins_end
from mlops_portal.foundation.plant.services.roles import keep_an_administrator
from mlops_portal.foundation.wire.errors import NotAllowed


def person_leave(*, by: Person, person: Person) -> None:
    """End the account, its roles, skills, tokens and sessions; the name stays in what was signed."""
    assignments = list(RoleAssignment.objects.filter(person=person, ended_at=None).select_related("site"))
    demand(leave_verdict(by, person))
    now = timezone.now()
    with transaction.atomic():
        claimed = Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False, left_at=now)
        if claimed != 1:
            raise AlreadyEnded(_("%(name)s has left before.") % {"name": person})
        RoleAssignment.objects.filter(person=person, ended_at=None).update(ended_at=now)
        PersonSkill.objects.filter(person=person, ended_at=None).update(ended_at=now)
        Token.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
        for one in assignments:
            if one.role == Role.ADMINISTRATOR and one.line_id is None:
                keep_an_administrator(site=one.site)
        pins_end(person=person)
        sessions_end(person=person)
        event_record(
            type="plant.person.left",
            actor=by.actor,
            subjects=[person.ref()],
            public={"roles": len(assignments)},
            personal={"person": person.name},
            at=now,
        )


def sessions_end(*, person: Person) -> int:
    """Sign the person out everywhere; returns how many sessions ended."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()
            ended += 1
    return ended


def preferences_set(*, person: Person, **chosen: str) -> None:
    """Store language, theme or time zone; a matter of taste, so no event. NotAllowed for a token."""
    if person.token_scopes is not None:
        raise NotAllowed(_("A token does not change how its person's pages look; sign in."))
    unknown = set(chosen) - {"language", "theme", "time_zone"}
    if unknown:
        raise TypeError(f"not preferences: {', '.join(sorted(unknown))}")
    for name, value in chosen.items():
        setattr(person, name, value)
    person.save(update_fields=list(chosen))
