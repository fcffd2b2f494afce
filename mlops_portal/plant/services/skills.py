"""Giving and ending skills."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.ledger.services import event_record
from mlops_portal.plant.errors import AlreadyEnded, WrongDate
from mlops_portal.plant.models import Person, PersonSkill, Skill
from mlops_portal.plant.policies import guard
from mlops_portal.wire.errors import NotAllowed


def _guard_on_a_line_of(by: Person, person: Person) -> None:
    """Skills are given by somebody who has the right on one of the person's lines, and not by oneself."""
    if by.pk == person.pk:
        raise NotAllowed(_("Nobody confirms a skill for oneself; ask a colleague."))
    lines = [one.line for one in person.assignments]
    site = next((one.site for one in person.assignments), None)
    for line in lines:
        if line is not None and by.may("skill.grant", line=line):
            return
    guard(by, "skill.grant", line=next((line for line in lines if line), None), site=site)


def skill_grant(
    *, by: Person, person: Person, skill: Skill, expires_at: datetime | None = None
) -> PersonSkill:
    """Confirm a skill, or renew it; it expires after the skill's months unless a date is given."""
    _guard_on_a_line_of(by, person)
    now = timezone.now()
    expires = expires_at or now + timedelta(days=round(skill.months_valid * 30.44))
    if expires <= now:
        raise WrongDate(_("The skill would expire in the past; choose a later date."))
    with transaction.atomic():
        PersonSkill.objects.filter(person=person, skill=skill, ended_at=None).update(ended_at=now)
        held = PersonSkill.objects.create(
            person=person, skill=skill, given_by=by, given_at=now, expires_at=expires
        )
        event_record(
            type="plant.skill.granted",
            actor=by.actor,
            subjects=[person.ref()],
            public={"skill": skill.slug, "expires": expires.isoformat()},
            personal={"person": person.name},
            at=now,
        )
    return held


def skill_end(*, by: Person, held: PersonSkill) -> None:
    """End a skill that is held; raises AlreadyEnded."""
    _guard_on_a_line_of(by, held.person)
    now = timezone.now()
    with transaction.atomic():
        if PersonSkill.objects.filter(pk=held.pk, ended_at=None).update(ended_at=now) != 1:
            raise AlreadyEnded(_("This skill was ended before."))
        event_record(
            type="plant.skill.ended",
            actor=by.actor,
            subjects=[held.person.ref()],
            public={"skill": held.skill.slug},
            personal={"person": held.person.name},
            at=now,
        )
