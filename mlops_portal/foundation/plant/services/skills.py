"""Giving and ending skills."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import AlreadyEnded, AlreadyHeld, WrongDate
from mlops_portal.foundation.plant.models import Person, PersonSkill, Skill
from mlops_portal.foundation.plant.policies import demand, skill_verdict


def skill_grant(
    *, by: Person, person: Person, skill: Skill, expires_at: datetime | None = None
) -> PersonSkill:
    """Confirm a skill, or renew it; it expires after the skill's months unless a date is given."""
    demand(skill_verdict(by, person))
    if not person.is_active:
        raise AlreadyEnded(_("%(name)s has left; invite the person again.") % {"name": person})
    now = timezone.now()
    expires = expires_at or now + timedelta(days=round(skill.months_valid * 30.44))
    if expires <= now:
        raise WrongDate(_("The skill would expire in the past; choose a later date."))
    with transaction.atomic():
        PersonSkill.objects.filter(person=person, skill=skill, ended_at=None).update(ended_at=now)
        try:
            with transaction.atomic():
                held = PersonSkill.objects.create(
                    person=person, skill=skill, given_by=by, given_at=now, expires_at=expires
                )
        except IntegrityError:
            raise AlreadyHeld(
                _("Somebody else confirmed this skill of %(name)s at this moment.") % {"name": person}
            ) from None
        event_record(
            type="plant.skill.granted",
            actor=by.actor,
            subjects=[person.ref(), skill.ref("skill")],
            public={"skill": skill.name, "expires": expires.isoformat()},
            personal={"person": person.name},
            at=now,
        )
    return held


def skill_end(*, by: Person, held: PersonSkill) -> None:
    """End a skill that is held; raises AlreadyEnded."""
    demand(skill_verdict(by, held.person))
    now = timezone.now()
    with transaction.atomic():
        if PersonSkill.objects.filter(pk=held.pk, ended_at=None).update(ended_at=now) != 1:
            raise AlreadyEnded(_("This skill was ended before."))
        event_record(
            type="plant.skill.ended",
            actor=by.actor,
            subjects=[held.person.ref(), held.skill.ref("skill")],
            public={"skill": held.skill.name},
            personal={"person": held.person.name},
            at=now,
        )
